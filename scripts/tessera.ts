/**
 * The command line, built first where needed: `npm run --silent tessera -- <command>`. Without a command the studio starts.
 * Standard output belongs to the command alone.
 */
import { join } from 'node:path';
import { ensureBuilt } from './build.ts';
import { becomeNodeProgram, root } from './project.ts';

const flags = process.argv.slice(2);
try {
  await ensureBuilt();
} catch (cause) {
  process.stderr.write(`${(cause as Error).message}\n`);
  process.exit(1);
}
becomeNodeProgram(flags.length === 0 ? join(root, 'scripts/start.ts') : join(root, 'dist/node/cli.js'), flags);
