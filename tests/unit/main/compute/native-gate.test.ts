import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../../scripts/project.ts';

it('lets threads be ended that are busy in the native library, and the process lives on', () => {
  const program = join(root, 'tests/support/programs/end-native-threads.ts');

  const { stdout, stderr, signal } = spawnSync(process.execPath, [program], { encoding: 'utf8' });

  expect({ stdout, stderr, signal }).toEqual({ stdout: '6\n', stderr: '', signal: null });
});
