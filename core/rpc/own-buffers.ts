/**
 * The value with every typed array on a buffer of its own.
 *
 * Cloning a view clones its whole buffer: a slice of 1 kB of a cache of 180 MB would send 180 MB, and a small Node
 * Buffer the pool it was cut from with whatever else lies there. Shared memory cannot leave its process at all. Views
 * that fill an ordinary buffer, and values without views, are passed on as they are.
 */
export function withOwnBuffers<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownView(value);
  if (Array.isArray(value)) return copyItems(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  let copied: Record<string, unknown> | null = null;
  for (const [key, item] of Object.entries(value)) {
    const own = copy(item);
    if (own !== item) (copied ??= { ...(value as Record<string, unknown>) })[key] = own;
  }
  return copied ?? value;
}

function copyItems(items: readonly unknown[]): readonly unknown[] {
  let copied: unknown[] | null = null;
  for (let i = 0; i < items.length; i++) {
    const own = copy(items[i]);
    if (own !== items[i]) (copied ??= [...items])[i] = own;
  }
  return copied ?? items;
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  const fillsItsBuffer = view.byteOffset === 0 && view.byteLength === view.buffer.byteLength;
  if (fillsItsBuffer && view.buffer instanceof ArrayBuffer) return view;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const own = new Uint8Array(bytes).buffer;
  if (view instanceof DataView) return new DataView(own);
  const name = view[Symbol.toStringTag as never] as keyof typeof viewTypes; // a Buffer answers Uint8Array
  return new viewTypes[name](own);
}

const viewTypes = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;
