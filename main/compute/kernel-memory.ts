/** Memory that threads share, and the compiled kernels over it. */
import { StudioError } from '../../core/errors.ts';
import { kernelsBase64 } from '../../core/kernels/compiled/kernels.ts';
import type { Kernels } from '../../core/kernels/kernels.ts';

let compiled: WebAssembly.Module | null = null;

/** @throws StudioError COMPUTE_LOST where the machine has too little. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / 2 ** 16);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new StudioError('COMPUTE_LOST', { reason: 'out of memory' }, { cause });
  }
}

export function kernelsOver(memory: WebAssembly.Memory): { kernels: Kernels; buffer: SharedArrayBuffer } {
  compiled ??= new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return { kernels: instance.exports as unknown as Kernels, buffer: memory.buffer as unknown as SharedArrayBuffer };
}
