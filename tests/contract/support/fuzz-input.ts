/** Inputs that are nearly right: of a valid one, a few fields are replaced, dropped or added. */
import type { RandomGenerator } from '../../../core/random/generator.ts';
import { uniform, uniformInteger } from '../../../core/random/sampling.ts';

const deep = (levels: number): unknown => {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = { in: value };
  return value;
};

/** Values that programs stumble over. */
const hostile: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => '',
  () => 'x'.repeat(5000),
  () => '__proto__',
  () => 'constructor',
  () => '../../../../etc/passwd',
  () => '/etc/passwd',
  () => '/proc/self/mem',
  () => '/dev/zero',
  () => 'a\0b',
  () => '\ud800',
  () => '‮gnp.exe',
  () => 0,
  () => -0,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => 2 ** 31,
  () => 2 ** 32,
  () => 2 ** 53,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 10n ** 30n,
  () => true,
  () => [],
  () => [null],
  () => Array.from({ length: 2000 }, (_, i) => i),
  () => ({}),
  () => deep(20),
  () => deep(31),
  () => new Map([['a', 1]]),
  () => new Date(Number.NaN),
  () => new Uint8Array(3),
  () => Uint32Array.of(0, 4_294_967_295),
  () => new Uint32Array(1024).fill(7),
  () => new Float64Array([Number.NaN]),
  () => new DataView(new ArrayBuffer(4)),
  () => Object.assign(Object.create(null) as object, { ['__proto__']: { admin: true } }),
];

export function hostileValue(random: RandomGenerator): unknown {
  return hostile[uniformInteger(random, hostile.length)]!();
}

/** A copy of `valid` with one to three changes somewhere in it. */
export function nearlyValid(valid: unknown, random: RandomGenerator): unknown {
  let value = valid;
  for (let change = uniformInteger(random, 3); change >= 0; change--) value = changed(value, random);
  return value;
}

function changed(value: unknown, random: RandomGenerator): unknown {
  const isLeaf = typeof value !== 'object' || value === null || ArrayBuffer.isView(value);
  if (isLeaf || uniform(random) < 0.05) return hostileValue(random);
  if (Array.isArray(value)) {
    const copy = [...(value as unknown[])];
    const at = uniformInteger(random, copy.length + 1);
    if (uniform(random) < 0.2) copy.splice(at, 1);
    else copy[at] = changed(copy[at], random);
    return copy;
  }
  const copy: Record<string, unknown> = { ...value };
  const keys = [...Object.keys(copy), `extra${uniformInteger(random, 3)}`];
  const key = keys[uniformInteger(random, keys.length)]!;
  if (uniform(random) < 0.15) delete copy[key];
  else copy[key] = changed(copy[key], random);
  return copy;
}
