/** Typed arrays between a page and the test that drives it, where only plain values pass. Both run in the page too. */

/** A value in which every typed array is `{ $array: its type, base64 }`. */
export type Packed = unknown;

export function pack(value: unknown): Packed {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    const name = Object.prototype.toString.call(value).slice(8, -1);
    return { $array: name, base64: btoa(text) };
  }
  if (Array.isArray(value)) return value.map((item) => pack(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
}

export function unpack(value: Packed): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item));
  if ('$array' in value && 'base64' in value) {
    const bytes = Uint8Array.from(atob(value.base64 as string), (character) => character.charCodeAt(0));
    const type = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[
      value.$array as string
    ];
    return new type!(bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
}
