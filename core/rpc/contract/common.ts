/** Schemas that several areas share. */
import * as v from 'valibot';

export const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.regex(/^[A-Za-z0-9_-]+$/));
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const Seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));
/** Milliseconds since 1970, for people; order comes from ids and sequence numbers. */
export const Timestamp = v.number();
export const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));
/** A number that may have stopped being finite: null then, so that JSON never holds NaN. */
export const MaybeFinite = v.nullable(v.number());

export const SplitName = v.picklist(['train', 'validation', 'test']);
export type SplitName = v.InferOutput<typeof SplitName>;
/** As stored in a version's `splits` column: index into this list. */
export const splitNames = ['train', 'validation', 'test'] as const;

export const FitPolicy = v.picklist(['crop', 'pad', 'stretch']);
export type FitPolicy = v.InferOutput<typeof FitPolicy>;

export const Outcome = v.picklist(['imported', 'warned', 'rejected', 'skipped', 'ignored']);
export type Outcome = v.InferOutput<typeof Outcome>;
export const outcomes = ['imported', 'warned', 'rejected', 'skipped', 'ignored'] as const;

export const OutcomeCounts = v.object({
  imported: Count,
  warned: Count,
  rejected: Count,
  skipped: Count,
  ignored: Count,
});
export type OutcomeCounts = v.InferOutput<typeof OutcomeCounts>;

/** What JSON can hold: no bigint, no block of bytes, though both can be sent. */
export const JsonValue = v.custom<unknown>(isJson);

function isJson(value: unknown): boolean {
  if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) return true;
  if (typeof value !== 'object' || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  return Object.values(value).every(isJson);
}

/** An error as a value, for jobs and runs that ended with one. */
export const ErrorValue = v.object({ code: v.string(), details: v.record(v.string(), v.unknown()) });
export type ErrorValue = v.InferOutput<typeof ErrorValue>;

export const bytes = v.instance(Uint8Array);
export const uint16s = v.instance(Uint16Array);
export const uint32s = v.instance(Uint32Array);
export const float32s = v.instance(Float32Array);
export const float64s = v.instance(Float64Array);
