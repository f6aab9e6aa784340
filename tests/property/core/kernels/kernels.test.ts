/** The kernels beside the plain float64 functions that say what they compute. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelsBase64 } from '../../../../core/kernels/compiled/kernels.ts';
import { type Kernels, smoothKinds } from '../../../../core/kernels/kernels.ts';
import { activations } from '../../../../core/models/layers/activation.ts';
import { counterKey, counterWord } from '../../../../core/random/counter.ts';
import { placementOf, placePicture } from '../../../../core/training/augmentation.ts';
import { dropOut, dropoutThreshold } from '../../../../core/training/dropout.ts';

const memory = new WebAssembly.Memory({ initial: 20, maximum: 20, shared: true });
const module = new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
const [at, further] = [2 ** 16, 2 ** 19];
const floats = (address: number, length: number) => new Float32Array(memory.buffer, address, length);

describe.each(Object.keys(smoothKinds) as (keyof typeof smoothKinds)[])('the kernel of %s', (name) => {
  const { value, derivative } = activations[name];
  // Through 0 and both tails, and the numbers nearest to 0.
  const points = Float32Array.from([
    ...Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100),
    ...[0, -0, 1e-30, -1e-30, 1e-4, -1e-4, 0.624, 0.626, 50, -50, 1e4, -1e4, 3e38, -3e38, 0, 0, 0],
  ]).subarray(0, 4016);

  it('gives value and derivative to float32 rounding', () => {
    floats(at, points.length).set(points);
    kernels.activate(smoothKinds[name], at, further, points.length);
    const values = floats(further, points.length).slice();
    floats(further, points.length).fill(1);
    kernels.activateGradient(smoothKinds[name], at, further, points.length);
    const slopes = floats(further, points.length).slice();

    points.forEach((x, i) => {
      const [wanted, slope] = [value(x), derivative(x)];
      if (Math.abs(x) > 1e5) return expect(Number.isNaN(values[i]) ? 0 : 1, String(x)).toBe(1);
      // A few units in the last place; ELU and tanh keep their digits near 0, GELU's far tail only its smallness.
      expect(Math.abs(values[i]! - wanted), `value at ${x}`).toBeLessThan(1e-6 * Math.abs(wanted) + 3e-7 * Math.min(1, Math.abs(x)) + 1e-34); // prettier-ignore
      expect(Math.abs(slopes[i]! - slope), `slope at ${x}`).toBeLessThan(2e-6 * Math.abs(slope) + 1e-6);
    });
  });

  it('lets NaN pass', () => {
    floats(at, 4).set([NaN, 1, NaN, 0]);

    kernels.activate(smoothKinds[name], at, further, 4);

    expect([...floats(further, 4)].map(Number.isNaN)).toEqual([true, false, true, false]);
  });
});

it('leaves out the units that the reference leaves out, wherever counting begins', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(2 ** 31), fc.double({ min: 0, max: 0.99, noNaN: true }), (lines, from, p) => {
      const n = 4 * lines;
      const key = counterKey(7, 'test');
      const expected = Float32Array.from({ length: n }, (_, i) => i - 3.5);
      floats(at, n).set(expected);

      kernels.dropOut(at, n, from, dropoutThreshold(p), 1 / (1 - p), ...key);

      dropOut(expected, 0, n, p, key, from);
      expect([...floats(at, n)].map((x) => x + 0)).toEqual([...expected].map((x) => x + 0));
    }),
  );
});

it('leaves out about the wanted share of units', () => {
  const key = counterKey(3, 'test');
  const n = 40_000;
  let dropped = 0;
  for (let i = 0; i < n; i++) if (counterWord(key, i) < dropoutThreshold(0.3)) dropped++;

  expect(Math.abs(dropped / n - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / n)); // four standard errors
});

describe('an augmented picture', () => {
  const someShape = fc.record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1, 3),
  });

  it('has the bytes of the reference', () => {
    const augmentations = fc.record({
      flip: fc.boolean(),
      shift: fc.integer({ min: 0, max: 20 }),
      crop: fc.constantFrom(0, 0.1, 0.9),
    });
    fc.assert(
      fc.property(someShape, augmentations, fc.nat(1000), (shape, augmentation, picture) => {
        const size = shape.width * shape.height * shape.channels;
        const pixels = new Uint8Array(memory.buffer, at, size);
        for (let i = 0; i < size; i++) pixels[i] = (i * 97 + picture) % 256;
        const placement = placementOf(augmentation, shape, counterKey(1, 'test'), picture);
        const expected = new Uint8Array(size);
        placePicture(Uint8Array.from(pixels), 0, shape, placement, expected);

        const { isFlipped, left, top, step } = placement;
        kernels.placePicture(
          at, shape.width, shape.height, shape.channels, isFlipped ? 1 : 0, left, top, step, further, further + 2 ** 16,
        ); // prettier-ignore

        expect(new Uint8Array(memory.buffer, further, size).slice()).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is the picture itself where nothing is wanted, and its mirror image where only the flip is', () => {
    fc.assert(
      fc.property(someShape, fc.nat(1000), (shape, picture) => {
        const { width, height, channels } = shape;
        const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 31) % 256);
        const look = (flip: boolean) => {
          const placement = placementOf({ flip, shift: 0, crop: 0 }, shape, counterKey(1, 'test'), picture);
          const target = new Uint8Array(pixels.length);
          placePicture(pixels, 0, shape, placement, target);
          return { target, isFlipped: placement.isFlipped };
        };

        expect(look(false).target).toEqual(pixels);
        const { target, isFlipped } = look(true);
        for (let p = 0; p < target.length; p++) {
          const [row, rest] = [Math.floor(p / (width * channels)), p % (width * channels)];
          const [column, channel] = [Math.floor(rest / channels), rest % channels];
          const from = isFlipped ? width - 1 - column : column;
          expect(target[p]).toBe(pixels[(row * width + from) * channels + channel]);
        }
      }),
    );
  });

  it('has moved by whole pixels where only the shift is wanted, edges repeated', () => {
    const shape = { width: 5, height: 4, channels: 1 };
    const pixels = Uint8Array.from({ length: 20 }, (_, i) => i);
    const seen = new Set<string>();
    for (let picture = 0; picture < 400; picture++) {
      const placement = placementOf({ flip: false, shift: 2, crop: 0 }, shape, counterKey(1, 'test'), picture);
      const [dx, dy] = [placement.left / 65_536, placement.top / 65_536];
      seen.add(`${dx},${dy}`);
      const target = new Uint8Array(20);
      placePicture(pixels, 0, shape, placement, target);
      const within = (x: number, side: number) => Math.min(side - 1, Math.max(0, x));

      target.forEach((value, p) => {
        expect(value).toBe(5 * within(Math.floor(p / 5) + dy, 4) + within((p % 5) + dx, 5));
      });
    }
    expect(seen.size).toBe(25); // every shift of −2 … 2 in both directions
  });
});

it('adds up floats in float64, and rounds the sum once', () => {
  const values = [2 ** 24, 1, -0.5, 3e-8];
  floats(at, 4).set(values);
  kernels.accumulate(further, at, 4, 1);
  for (let k = 0; k < 999; k++) kernels.accumulate(further, at, 4, 0);

  const sums = new Float64Array(memory.buffer, further, 4);

  expect([...sums.subarray(0, 3)]).toEqual([1000 * 2 ** 24, 1000, -500]);
  expect(sums[3]).toBeCloseTo(1000 * Math.fround(3e-8), 15);
  kernels.roundSums(further, at, 4);
  expect([...floats(at, 4)]).toEqual([...sums].map(Math.fround));
});

it('finds the largest entry of every row, the first of equals, wherever it stands', () => {
  // Few different numbers, so that equals are common; an entry that is no number is never the largest.
  const entry = fc.constantFrom(-Infinity, -2, -0, 0, 1, 1.5, 3e38, NaN);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(5), fc.infiniteStream(entry), (columns, gap, entries) => {
      const rows = 3;
      const stride = columns + gap;
      const values = floats(at, rows * stride);
      values.forEach((_, i) => (values[i] = entries.next().value as number));

      kernels.largestOfRows(at, stride, rows, columns, further, further + 64);

      for (let i = 0; i < rows; i++) {
        const row = [...values.subarray(i * stride, i * stride + columns)];
        const largest = Math.max(-Infinity, ...row.filter((x) => !Number.isNaN(x)));
        expect(floats(further + 64, rows)[i]! + 0).toBe(largest + 0);
        expect(new Uint32Array(memory.buffer, further, rows)[i]).toBe(Math.max(0, row.indexOf(largest)));
      }
    }),
  );
});
