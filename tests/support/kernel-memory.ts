/** The kernels over a memory of their own, for tests of those who use them. */
import { kernelsBase64 } from '../../core/kernels/compiled/kernels.ts';
import type { Kernels } from '../../core/kernels/kernels.ts';

export function kernelMemory(bytes: number): { kernels: Kernels; buffer: SharedArrayBuffer } {
  const pages = Math.ceil(bytes / 2 ** 16);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const module = new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
  return { kernels, buffer: memory.buffer as unknown as SharedArrayBuffer };
}
