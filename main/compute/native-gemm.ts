/**
 * Matrix products by ONNX Runtime's CPU library, over matrices that lie in the shared memory.
 *
 * Each kind of product is a session of a model with one operator, Gemm; inputs and the output it has to write to are views of the
 * memory, so nothing is copied. The library is called the way its own package does, but without the promise around it: a
 * thread in the middle of a step cannot wait. One session has one thread, the one that calls.
 *
 * Where the library is missing or broken the process that loads it may die: only native-probe.ts and a compute that was told
 * that the probe has passed call this.
 */
import { createRequire } from 'node:module';
import type { initOrt } from 'onnxruntime-node/dist/binding.js';
import type { NativeGemm } from '../../core/kernels/matrix-product.ts';
import { nativePassage } from './native-gate.ts';

/** The package's inner module; of its types only what is called here matters. */
interface Binding {
  readonly initOrt: typeof initOrt;
  readonly binding: { readonly InferenceSession: new () => Session };
}

interface Session {
  loadModel(buffer: ArrayBuffer, offset: number, length: number, options: object): void;
  run(feeds: Record<string, Matrix>, fetches: Record<string, Matrix>, options: object): unknown;
}

interface Matrix {
  readonly type: 'float32';
  readonly location: 'cpu';
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

type Call = readonly [feeds: Record<string, Matrix>, fetches: Record<string, Matrix>];

const sessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  enableCpuMemArena: false,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** Throws whatever the library throws; a broken one ends the process. */
export function nativeGemm(buffer: SharedArrayBuffer): NativeGemm {
  const passage = nativePassage();
  const { plain, adding, transposed } = passage(openSessions);
  /** A step makes the same calls again and again. */
  const calls = new Map<string, Call>();

  const matrix = (at: number, ...dims: number[]): Matrix => ({
    type: 'float32',
    location: 'cpu',
    dims,
    data: new Float32Array(
      buffer,
      at,
      dims.reduce((size, dim) => size * dim, 1),
    ),
  });

  function run(on: Session, key: string, make: () => Call): void {
    let call = calls.get(key);
    if (call === undefined) {
      if (calls.size >= mostCalls) calls.clear();
      calls.set(key, (call = make()));
    }
    const [feeds, fetches] = call;
    passage(() => on.run(feeds, fetches, {}));
  }

  return {
    multiply(a, b, y, m, n, k) {
      run(plain, `${a} ${b} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, k, n) },
        { Y: matrix(y, m, n) },
      ]);
    },
    multiplyAdd(a, b, y, m, n, k) {
      run(adding, `+${a} ${b} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, k, n), C: matrix(y, m, n) },
        { Y: matrix(y, m, n) },
      ]);
    },
    multiplyTransposed(a, b, c, y, m, n, k) {
      run(transposed, `T${a} ${b} ${c} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, n, k), C: matrix(c, 1, n) },
        { Y: matrix(y, m, n) },
      ]);
    },
    multiplyTransposedTall(a, b, c, y, m, n, k) {
      run(transposed, `|${a} ${b} ${c} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, n, k), C: matrix(c, m, 1) },
        { Y: matrix(y, m, n) },
      ]);
    },
  };
}

function openSessions(): { plain: Session; adding: Session; transposed: Session } {
  const { binding, initOrt: initialize } = createRequire(import.meta.url)(
    'onnxruntime-node/dist/binding.js',
  ) as Binding;
  initialize();
  const session = (model: Uint8Array<ArrayBuffer>): Session => {
    const created = new binding.InferenceSession();
    created.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions);
    return created;
  };
  return {
    plain: session(gemmModel(['A', 'B'], false)),
    adding: session(gemmModel(['A', 'B', 'C'], false)),
    transposed: session(gemmModel(['A', 'B', 'C'], true)),
  };
}

/** More than the layers of any network make in a step. */
const mostCalls = 1000;

/** An ONNX model of one Gemm over matrices of any size: Y = A·B + C, or A·Bᵀ + C. */
function gemmModel(inputs: readonly string[], transposeB: boolean): Uint8Array<ArrayBuffer> {
  const value = (name: string) => {
    const shape = field(
      2,
      [0, 1].flatMap((i) => field(1, field(2, text(`${name}${i}`)))),
    );
    return [...field(1, text(name)), ...field(2, field(1, [...number(1, 1), ...shape]))];
  };
  const transB = [...field(1, text('transB')), ...number(3, 1), ...number(20, 2)];
  const node = [
    ...inputs.flatMap((name) => field(1, text(name))),
    ...field(2, text('Y')),
    ...field(4, text('Gemm')),
    ...(transposeB ? field(5, transB) : []),
  ];
  const graph = [
    ...field(1, node),
    ...field(2, text('gemm')),
    ...inputs.flatMap((name) => field(11, value(name))),
    ...field(12, value('Y')),
  ];
  const opset = [...field(1, []), ...number(2, 13)];
  return Uint8Array.from([...number(1, 8), ...field(7, graph), ...field(8, opset)]);
}

// Protocol buffers, as far as needed: fields of bytes and of small numbers.

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

function field(id: number, bytes: readonly number[]): number[] {
  return [...varint((id << 3) | 2), ...varint(bytes.length), ...bytes];
}

function number(id: number, value: number): number[] {
  return [...varint(id << 3), ...varint(value)];
}

function text(value: string): number[] {
  return [...Buffer.from(value)];
}
