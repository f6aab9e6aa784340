/** Every static check, all of them even when one fails: messages, kernels, types, lint, format, layers, dead code. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, runScript } from './project.ts';

const checks: readonly (readonly [name: string, program: string, ...flags: string[]])[] = [
  ['types of core, without Node and page', 'typescript/bin/tsc', '-p', 'core/tsconfig.json'],
  ['types of the contract', 'typescript/bin/tsc', '-p', 'core/rpc/tsconfig.json'],
  ['types of everything else', 'typescript/bin/tsc', '-p', 'tsconfig.json'],
  [
    'components',
    'svelte-check/bin/svelte-check',
    '--tsconfig',
    './tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  [
    'layers',
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    'core',
    'main',
    'renderer',
    'scripts',
    'tests',
    '--config',
    '.dependency-cruiser.cjs',
  ],
  ['dead code', 'knip/bin/knip.js'],
];

runScript('messages.ts');
runScript('kernels.ts');
const failures = checks.filter(([name, program, ...flags]) => {
  console.log(`\n— ${name}`);
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...flags], {
    stdio: 'inherit',
    cwd: root,
  });
  return status !== 0;
});
console.log(failures.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failures.map(([name]) => name).join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
