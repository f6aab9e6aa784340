/** Makes the compiled messages and kernels before any test imports them; costs nothing when they are up to date. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/project.ts';

export default function compileSources(): void {
  for (const script of ['messages.ts', 'kernels.ts']) {
    execFileSync(process.execPath, [join(root, 'scripts', script)], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
