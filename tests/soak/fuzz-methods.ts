/** 1,000 nearly valid messages to every method: `npm run soak -- fuzz-methods [messages]`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { project } from './soak.ts';

const [messages = '1000'] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [join(project, 'node_modules/vitest/vitest.mjs'), 'run', 'tests/contract/fuzz.test.ts'],
  { cwd: project, stdio: 'inherit', env: { ...process.env, TESSERA_FUZZ: messages } },
);
process.exit(status ?? 1);
