/**
 * Frames as bytes, for the one wire that carries no structured values: WebSocket.
 *
 *     u32 (little-endian)      length of the JSON in bytes
 *     JSON (UTF-8)             [frame, arrays]
 *     blocks                   the bytes of each typed array, each at a multiple of 8
 *
 * In `frame` every typed array is null; `arrays` has one entry for each, in the order of the blocks:
 * `[path, type, length]`, where `path` is the list of keys from the frame to the array and `type` its index in
 * `arrayTypes`. Paths instead of marked placeholders: no value of a person can be mistaken for one. Arrays are in the
 * machine's byte order, which is little-endian on everything the studio runs on.
 *
 * The handshake of the socket is described in renderer/host/socket-transport.ts.
 */

/** What a page may send in one message. */
export const maxRequestBytes = 1 << 20;

const arrayTypes = [
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8ClampedArray,
] as const;
type SentArray = InstanceType<(typeof arrayTypes)[number]>;

const headerBytes = 4;
const maxPathLength = 40;
const maxArrays = 1 << 16;

type Key = string | number;
interface Found {
  readonly path: readonly Key[];
  readonly type: number;
  readonly array: SentArray;
}

/** @throws TypeError for a kind of typed array that is not in `arrayTypes`, and for what JSON cannot hold (bigint, cycles). */
export function encodeFrame(frame: unknown): Uint8Array<ArrayBuffer> {
  const found: Found[] = [];
  const bare = takeArrays(frame, [], found);
  const table = found.map(({ path, type, array }) => [path, type, array.length]);
  const json = new TextEncoder().encode(JSON.stringify([bare, table]));

  let size = align8(headerBytes + json.length);
  const offsets = found.map(({ array }) => {
    const offset = size;
    size = align8(size + array.byteLength);
    return offset;
  });
  const message = new Uint8Array(size);
  new DataView(message.buffer).setUint32(0, json.length, true);
  message.set(json, headerBytes);
  found.forEach(({ array }, i) => {
    message.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offsets[i]);
  });
  return message;
}

/**
 * The frame of a message; its typed arrays are views of the message where that is 8-aligned, else of one copy.
 *
 * @throws Error for anything that `encodeFrame` does not make: wrong lengths, text that is not UTF-8 or not JSON, an
 *   array at a place that the frame does not have.
 */
export function decodeFrame(received: Uint8Array): unknown {
  // Not `slice`: that of a Node Buffer copies nothing, and what stays misaligned holds no Uint32Array.
  const message = received.byteOffset % 8 === 0 ? received : new Uint8Array(received);
  if (message.length < headerBytes) throw malformed('shorter than its header');
  const jsonLength = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  if (jsonLength > message.length - headerBytes) throw malformed('shorter than its JSON');
  const json = message.subarray(headerBytes, headerBytes + jsonLength);
  const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  if (!Array.isArray(parsed) || parsed.length !== 2) throw malformed('not [frame, arrays]');
  const [frame, table] = parsed as [unknown, unknown];
  if (!Array.isArray(table) || table.length > maxArrays) throw malformed('no list of arrays');

  let offset = align8(headerBytes + jsonLength);
  for (const entry of table as unknown[]) {
    const { path, type, length } = readEntry(entry);
    const byteLength = length * type.BYTES_PER_ELEMENT;
    if (offset + byteLength > message.length) throw malformed('shorter than its arrays');
    put(frame, path, new type(message.buffer as ArrayBuffer, message.byteOffset + offset, length));
    offset = align8(offset + byteLength);
  }
  if (offset !== message.length) throw malformed('longer than its arrays');
  return frame;
}

function takeArrays(value: unknown, path: readonly Key[], found: Found[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const type = arrayTypes.findIndex((candidate) => value instanceof candidate); // a Buffer is a Uint8Array
    if (type < 0) throw new TypeError(`A ${Object.prototype.toString.call(value)} cannot be sent.`);
    found.push({ path, type, array: value as SentArray });
    return null;
  }
  const before = found.length;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => takeArrays(item, [...path, i], found));
    return found.length === before ? value : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, takeArrays(item, [...path, key], found)] as const);
  return found.length === before ? value : Object.fromEntries(entries);
}

function readEntry(entry: unknown) {
  if (!Array.isArray(entry) || entry.length !== 3) throw malformed('an array without path, type and length');
  const [path, typeIndex, length] = entry as [unknown, unknown, unknown];
  const type = typeof typeIndex === 'number' ? arrayTypes[typeIndex] : undefined;
  if (type === undefined) throw malformed('an unknown type of array');
  if (!Number.isSafeInteger(length) || (length as number) < 0) throw malformed('an array without a length');
  if (!Array.isArray(path) || path.length === 0 || path.length > maxPathLength) throw malformed('no path');
  if (!path.every((key) => typeof key === 'string' || Number.isSafeInteger(key))) throw malformed('no path');
  return { path: path as Key[], type, length: length as number };
}

/** Own properties only: no path leads to a prototype. */
function put(frame: unknown, path: readonly Key[], array: SentArray): void {
  let holder: unknown = frame;
  for (const [i, key] of path.entries()) {
    if (typeof holder !== 'object' || holder === null || ArrayBuffer.isView(holder) || !Object.hasOwn(holder, key)) {
      throw malformed('an array at a place that the frame does not have');
    }
    const place = holder as Record<Key, unknown>;
    if (i < path.length - 1) holder = place[key];
    else if (place[key] === null) place[key] = array;
    else throw malformed('an array at a place that is taken');
  }
}

function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

function malformed(problem: string): Error {
  return new Error(`Malformed message: ${problem}.`);
}
