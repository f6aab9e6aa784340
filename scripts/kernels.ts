/**
 * Compiles the float32 kernels in core/kernels/assembly (AssemblyScript) to core/kernels/compiled/kernels.wasm, when they changed,
 * and writes the same bytes as a module that bundles and tests import.
 * A project without kernels is complete: every routine has its plain float64 reference.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram, root } from './project.ts';

const sources = join(root, 'core/kernels/assembly');
const entry = join(sources, 'index.ts');
const compiled = join(root, 'core/kernels/compiled');
const wasm = join(compiled, 'kernels.wasm');
const importable = join(compiled, 'kernels.ts');

/** Pages of 64 KiB; 65,536 is the whole 4 GiB of wasm32. The host decides how much it really reserves. */
const maximumMemoryPages = 65_536;
const flags = [
  '--runtime', 'stub', '--noAssert', '-O3', '--converge',
  '--enable', 'simd,relaxed-simd,threads',
  '--importMemory', '--sharedMemory', '--maximumMemory', String(maximumMemoryPages),
  '--use', 'RELAXED=1',
]; // prettier-ignore

/** Returns what was done, for the log. */
export function compileKernels(): 'absent' | 'up to date' | 'compiled' {
  if (!existsSync(entry)) return 'absent';
  const files = readdirSync(sources, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const newest = Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
  if (existsSync(importable) && statSync(importable).mtimeMs >= newest) return 'up to date';
  mkdirSync(compiled, { recursive: true });
  const staging = `${wasm}.${process.pid}`;
  const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
  execFileSync(process.execPath, [asc, entry, '--outFile', staging, ...flags], { stdio: 'inherit', cwd: root });
  renameSync(staging, wasm);
  writeFileSync(staging, `export const kernelsBase64 =\n  '${readFileSync(wasm).toString('base64')}';\n`);
  renameSync(staging, importable);
  return 'compiled';
}

if (isProgram(import.meta)) console.log(`kernels: ${compileKernels()}`);
