/**
 * The long proofs, which need hours, namespaces or Electron's program:
 *
 *     npm run soak                       all of them
 *     npm run soak -- NAME [arguments]   one: tests/soak/NAME.ts
 *
 * One that cannot run here prints `not run: <reason>` and ends with 3; it has not passed.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.ts';

const folder = join(root, 'tests/soak');
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !['soak.ts', 'page.ts', 'frames.ts'].includes(name))
  .map((name) => name.slice(0, -3))
  .sort();
const [name, ...args] = process.argv.slice(2);
if (name !== undefined && !all.includes(name)) {
  console.error(`There is no soak test called ${name}: ${all.join(', ')}.`);
  process.exit(2);
}

const outcomes = new Map<string, string>();
for (const one of name === undefined ? all : [name]) {
  console.log(`— ${one}`);
  const hooks = join(root, 'tests/support/text-imports.ts');
  const file = join(folder, `${one}.ts`);
  const { status } = spawnSync(process.execPath, ['--import', hooks, file, ...args], { cwd: root, stdio: 'inherit' });
  outcomes.set(one, status === 0 ? 'passed' : status === 3 ? 'not run' : 'FAILED');
}
for (const [one, outcome] of outcomes) console.log(`${outcome.padEnd(8)} ${one}`);
process.exitCode = [...outcomes.values()].includes('FAILED') ? 1 : 0;
