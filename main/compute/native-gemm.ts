/**
 * Matrix products by ONNX Runtime's CPU library, over matrices that lie in the shared memory.
 *
 * Each kind of product is a session of a model with one operator; inputs and the output it has to write to are views of the
 * memory. The library is called the way its own package does, but without the promise around it: a thread in the middle of a step
 * cannot wait. One session has one thread, the one that calls.
 *
 * The library's binding copies every output into memory of its own once more, though the output has been written where it belongs.
 * That copy is given back at once: left to the garbage collector it cost a tenth of a step, and more on two threads. Of a large
 * output not even the copy is made: the binding stops where it comes to an output that it cannot express, and such a one is asked
 * for first. All of this is seen to work by the probe, and only in the version that package.json names.
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
  run(feeds: Record<string, Matrix>, fetches: Fetches): Copies;
}

interface Copies {
  readonly Y: { readonly data: { readonly buffer: ArrayBuffer } };
}

interface Matrix {
  readonly type: MatrixType;
  readonly location: 'cpu';
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array;
}

type Call = readonly [feeds: Record<string, Matrix>, fetches: Fetches];

interface Fetches {
  readonly Y: Matrix;
  readonly [inexpressible]?: null;
}

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
  const { plain, adding, transposed, ofBytes } = passage(openSessions);
  /** A step makes the same calls again and again. */
  const calls = new Map<string, Call>();

  const matrixOf = (type: MatrixType, at: number, rows: number, columns: number): Matrix => ({
    type,
    location: 'cpu',
    dims: [rows, columns],
    data: new arrayTypes[type](buffer, at, rows * columns),
  });
  const matrix = (at: number, rows: number, columns: number) => matrixOf('float32', at, rows, columns);

  function run(on: Session, key: string, make: () => Call): void {
    let call = calls.get(key);
    if (call === undefined) {
      if (calls.size >= mostCalls) calls.clear();
      calls.set(key, (call = make()));
    }
    const [feeds, fetches] = call;
    passage(() => {
      try {
        on.run(feeds, fetches).Y.data.buffer.transfer(0);
      } catch (cause) {
        if (!(inexpressible in fetches && isOfInexpressible(cause))) throw cause;
      }
    });
  }

  /** The output of a product; of a large one there will be no copy. */
  function into(y: Matrix): Fetches {
    return y.data.byteLength < leastBytesLeftOut ? { Y: y } : { [inexpressible]: null, Y: y };
  }

  return {
    multiply(a, b, y, m, n, k) {
      run(plain, `${a} ${b} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, k, n) },
        into(matrix(y, m, n)),
      ]);
    },
    multiplyAdd(a, b, y, m, n, k) {
      run(adding, `+${a} ${b} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, k, n), C: matrix(y, m, n) },
        into(matrix(y, m, n)),
      ]);
    },
    multiplyTransposed(a, b, c, y, m, n, k) {
      run(transposed, `T${a} ${b} ${c} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, n, k), C: matrix(c, 1, n) },
        into(matrix(y, m, n)),
      ]);
    },
    multiplyTransposedTall(a, b, c, y, m, n, k) {
      run(transposed, `|${a} ${b} ${c} ${y} ${m} ${n} ${k}`, () => [
        { A: matrix(a, m, k), B: matrix(b, n, k), C: matrix(c, m, 1) },
        into(matrix(y, m, n)),
      ]);
    },
    multiplyBytes(a, b, y, m, n, k) {
      run(ofBytes, `i${a} ${b} ${y} ${m} ${n} ${k}`, () => [
        { A: matrixOf('uint8', a, m, k), B: matrixOf('int8', b, k, n) },
        into(matrixOf('int32', y, m, n)),
      ]);
    },
  };
}

function openSessions(): Record<'plain' | 'adding' | 'transposed' | 'ofBytes', Session> {
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
    plain: session(model('Gemm', { A: 'float32', B: 'float32', Y: 'float32' })),
    adding: session(model('Gemm', { A: 'float32', B: 'float32', C: 'float32', Y: 'float32' })),
    transposed: session(model('Gemm', { A: 'float32', B: 'float32', C: 'float32', Y: 'float32' }, transposeB)),
    ofBytes: session(model('MatMulInteger', { A: 'uint8', B: 'int8', Y: 'int32' })),
  };
}

/** Name and type of an output that JavaScript has no array for. */
const inexpressible = 'N';
const bfloat16 = 16;
/** A thrown error costs as much as copying some hundred kilobytes. */
const leastBytesLeftOut = 2 ** 19;

function isOfInexpressible(cause: unknown): boolean {
  return cause instanceof Error && cause.message === `Tensor type (${bfloat16}) is not supported.`;
}

/** More than the layers of any network make in a step. */
const mostCalls = 1000;

/** Kinds of entries, and their numbers in ONNX. */
const arrayTypes: Readonly<
  Record<MatrixType, new (buffer: SharedArrayBuffer, at: number, length: number) => Matrix['data']>
> = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array, int32: Int32Array };
const onnxTypes: Readonly<Record<MatrixType, number>> = { float32: 1, uint8: 2, int8: 3, int32: 6 };
type MatrixType = 'float32' | 'uint8' | 'int8' | 'int32';

/** Gemm's A·Bᵀ + C instead of A·B + C. */
const transposeB = field(5, [...field(1, text('transB')), ...number(3, 1), ...number(20, 2)]);

/** An ONNX model of one operator over matrices of any size; its output is Y. */
function model(
  operator: 'Gemm' | 'MatMulInteger',
  matrices: Readonly<Record<string, MatrixType>>,
  attribute: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const value = (name: string) => {
    const shape = field(
      2,
      [0, 1].flatMap((i) => field(1, field(2, text(`${name}${i}`)))),
    );
    return [...field(1, text(name)), ...field(2, field(1, [...number(1, onnxTypes[matrices[name]!]), ...shape]))];
  };
  const inputs = Object.keys(matrices).filter((name) => name !== 'Y');
  const node = [
    ...inputs.flatMap((name) => field(1, text(name))),
    ...field(2, text('Y')),
    ...field(4, text(operator)),
    ...attribute,
  ];
  const zero = [...number(1, 1), ...number(2, bfloat16), ...field(9, [0, 0])];
  const constant = [
    ...field(2, text(inexpressible)),
    ...field(4, text('Constant')),
    ...field(5, [...field(1, text('value')), ...field(5, zero), ...number(20, 4)]),
  ];
  const graph = [
    ...field(1, constant),
    ...field(1, node),
    ...field(2, text('product')),
    ...inputs.flatMap((name) => field(11, value(name))),
    ...field(12, [
      ...field(1, text(inexpressible)),
      ...field(2, field(1, [...number(1, bfloat16), ...field(2, field(1, number(1, 1)))])),
    ]),
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
