/**
 * A checkpoint as a file: all that a run needs to go on, and all that a picture needs on its way to scores.
 *
 *     offset 0    8 bytes    "TESSCKPT"
 *            8    uint32     version of the format, 1
 *           12    uint32     h, length of the header in bytes, a multiple of 8
 *           16    h bytes    header: JSON in ASCII (other characters as \u escapes), filled up with spaces
 *       16 + h    …          the blocks that the header lists, one after another, each filled up to a multiple of 8
 *          end    2 × uint32 checksum of everything before
 *
 * All numbers are little-endian, as on every machine the studio runs on. The checksum tells damage from intent only; the store keeps a SHA-256 beside the name.
 * Reading trusts nothing: whatever is not exactly such a file is CHECKPOINT_DAMAGED.
 */
import { StudioError } from '../errors.ts';
import type { FittedArray, FittedArrayType, FittedFeatures } from '../features/feature-extractor.ts';
import { extractorOf } from '../features/index.ts';
import type { StandardizeKind, Standardization } from '../features/standardize.ts';
import type { ImageShape } from '../image/pixel-image.ts';
import { standardizeKinds } from '../recipe/feature-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { isAllFinite } from './plain-step-engine.ts';
import { optimizerState, parameterCountOf, sizesOf } from './step-engine.ts';
import type { TrainingState } from './train.ts';

export interface Checkpoint {
  readonly recipe: Recipe;
  /** Names of the classes, in the order of the scores. */
  readonly classes: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** What was learnt of the training pictures, block by block: what a new picture has to go through. */
  readonly features: readonly FittedFeatures[];
  /** Fitted on the training pictures. */
  readonly standardization: Standardization;
  readonly state: TrainingState;
}

const magic = 'TESSCKPT';
const formatVersion = 1;
const prefixBytes = 16;
const checksumBytes = 8;
const largestHeaderBytes = 16 * 2 ** 20;

interface Block {
  readonly name: string;
  readonly type: FittedArrayType['type'];
  readonly length: number;
}

/** The parts of a checkpoint that are not blocks. */
interface Header extends Omit<Checkpoint, 'features' | 'standardization' | 'state'> {
  readonly standardize: StandardizeKind;
  readonly state: Omit<TrainingState, 'engine'>;
  readonly stepCount: number;
  /** Further numbers of the optimizer's state, where it has any. */
  readonly optimizerNumbers?: Readonly<Record<string, number>>;
  readonly blocks: readonly Block[];
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { features, standardization, state, ...model } = checkpoint;
  const { engine, ...progress } = state;
  const kept = optimizerState(checkpoint.recipe.optimizer, engine.parameters.length);
  const numbers = kept.numbers.filter((name) => name !== 'stepCount');
  const arrays: [string, FittedArray][] = [
    ['mean', standardization.mean],
    ['deviation', standardization.deviation],
    ['parameters', engine.parameters],
    ...kept.blocks.map(({ name }): [string, FittedArray] => [
      `optimizer.${name}`,
      engine.optimizer[name] as Float32Array | Float64Array,
    ]),
    ...features.flatMap(({ options, shape, arrays: learnt }, b) =>
      Object.keys(extractorOf(options).arraysOf(options, shape)).map((name): [string, FittedArray] => [
        `features.${b}.${name}`,
        learnt[name]!,
      ]),
    ),
  ];
  const header: Header = {
    ...model,
    standardize: standardization.kind,
    state: progress,
    stepCount: engine.optimizer['stepCount'] as number,
    ...(numbers.length > 0 && {
      optimizerNumbers: Object.fromEntries(numbers.map((name) => [name, engine.optimizer[name] as number])),
    }),
    blocks: arrays.map(([name, values]) => ({
      name,
      type: values instanceof Float64Array ? 'float64' : values instanceof Float32Array ? 'float32' : 'uint32',
      length: values.length,
    })),
  };
  const json = asciiJson(header);
  const headerBytes = aligned(json.length);
  const bodyBytes = arrays.reduce((total, [, values]) => total + aligned(values.byteLength), 0);
  const file = new Uint8Array(prefixBytes + headerBytes + bodyBytes + checksumBytes);
  writeAscii(file, 0, magic);
  const view = new DataView(file.buffer);
  view.setUint32(8, formatVersion, true);
  view.setUint32(12, headerBytes, true);
  writeAscii(file, prefixBytes, json.padEnd(headerBytes));
  let offset = prefixBytes + headerBytes;
  for (const [, values] of arrays) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += aligned(values.byteLength);
  }
  const [low, high] = checksumOf(file, offset);
  view.setUint32(offset, low, true);
  view.setUint32(offset + 4, high, true);
  return file;
}

/**
 * Reads a checkpoint that anyone may have written.
 *
 * @param run         whose file it is, for the error.
 * @param readRecipe  the check of a recipe, which the contract has; it fills in what an earlier version did not write, and
 *   gives null for what is no recipe.
 * @throws StudioError CHECKPOINT_DAMAGED.
 */
export function decodeCheckpoint(
  file: Uint8Array,
  run: string,
  readRecipe: (value: unknown) => Recipe | null,
): Checkpoint {
  const checkpoint = read(file, readRecipe);
  if (checkpoint === null) throw new StudioError('CHECKPOINT_DAMAGED', { run });
  return checkpoint;
}

/** null where anything is not as it should be. */
function read(file: Uint8Array, readRecipe: (value: unknown) => Recipe | null): Checkpoint | null {
  if (file.length < prefixBytes + checksumBytes || file.length % 8 !== 0) return null;
  if (readAscii(file, 0, magic.length) !== magic) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = view.getUint32(12, true);
  const end = file.length - checksumBytes;
  if (view.getUint32(8, true) !== formatVersion) return null;
  if (headerBytes % 8 !== 0 || headerBytes > largestHeaderBytes || prefixBytes + headerBytes > end) return null;
  const [low, high] = checksumOf(file, end);
  if (view.getUint32(end, true) !== low || view.getUint32(end + 4, true) !== high) return null;

  let header: unknown;
  try {
    header = JSON.parse(readAscii(file, prefixBytes, headerBytes));
  } catch {
    return null;
  }
  if (!isRecord(header)) return null;
  const { classes, width, height, channels, standardize, state, stepCount, blocks } = header;
  const recipe = readRecipe(header['recipe']);
  if (recipe === null || !isProgress(state) || !isCount(stepCount)) return null;
  if (!Array.isArray(classes) || classes.length === 0 || classes.length > 65_536) return null;
  if (!classes.every((name): name is string => typeof name === 'string')) return null;
  if (!isSide(width) || !isSide(height) || (channels !== 1 && channels !== 3)) return null;
  if (!standardizeKinds.some((kind) => kind === standardize)) return null;

  const shape: ImageShape = { width, height, channels };
  const learnt = learntArraysOf(recipe, shape);
  if (learnt === null) return null;
  const featureCount = learnt.reduce((total, { dimension }) => total + dimension, 0);
  const parameterCount = parameterCountOf(sizesOf(recipe, featureCount, classes.length));
  const kept = optimizerState(recipe.optimizer, parameterCount);
  const expected: Block[] = [
    { name: 'mean', type: 'float64', length: featureCount },
    { name: 'deviation', type: 'float64', length: featureCount },
    { name: 'parameters', type: 'float32', length: parameterCount },
    ...kept.blocks.map(({ name, ...block }): Block => ({ name: `optimizer.${name}`, ...block })),
    ...learnt.flatMap(({ arrays }, b) =>
      Object.entries(arrays).map(([name, array]): Block => ({ name: `features.${b}.${name}`, ...array })),
    ),
  ];
  if (!Array.isArray(blocks) || blocks.length !== expected.length) return null;
  let size = prefixBytes + headerBytes;
  for (const [i, { name, type, length }] of expected.entries()) {
    const block: unknown = blocks[i];
    if (!isRecord(block) || block['name'] !== name || block['type'] !== type || block['length'] !== length) return null;
    size += aligned(length * (type === 'float64' ? 8 : 4));
  }
  if (size !== end) return null;

  let offset = prefixBytes + headerBytes;
  const bytesOf = (byteLength: number): ArrayBuffer => {
    const copy = new Uint8Array(byteLength);
    copy.set(file.subarray(offset, offset + byteLength));
    offset += aligned(byteLength);
    return copy.buffer;
  };
  const mean = new Float64Array(bytesOf(featureCount * 8));
  const deviation = new Float64Array(bytesOf(featureCount * 8));
  const parameters = new Float32Array(bytesOf(parameterCount * 4));
  const optimizer: Record<string, number | Float32Array | Float64Array> = { stepCount };
  const numbers = isRecord(header['optimizerNumbers']) ? header['optimizerNumbers'] : {};
  for (const name of kept.numbers) {
    if (name === 'stepCount') continue;
    const value = numbers[name];
    if (typeof value !== 'number') return null;
    optimizer[name] = value;
  }
  const vectors = kept.blocks.map(
    ({ name, type, length }) =>
      (optimizer[name] =
        type === 'float64' ? new Float64Array(bytesOf(8 * length)) : new Float32Array(bytesOf(4 * length))),
  );
  if (!mean.every(Number.isFinite) || !deviation.every((d) => d > 0 && d < Infinity)) return null;
  if (![parameters, ...vectors].every(isAllFinite)) return null;
  const features = learnt.map(({ options, dimension, arrays }): FittedFeatures => ({
    options,
    shape,
    dimension,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, { type, length }]) => [
        name,
        type === 'float64'
          ? new Float64Array(bytesOf(8 * length))
          : type === 'float32'
            ? new Float32Array(bytesOf(4 * length))
            : new Uint32Array(bytesOf(4 * length)),
      ]),
    ),
  }));
  if (!features.every(({ arrays }) => Object.values(arrays).every((values) => values.every(Number.isFinite))))
    return null;

  return {
    recipe,
    classes,
    width,
    height,
    channels,
    features,
    standardization: { kind: standardize as StandardizeKind, mean, deviation },
    state: { ...state, engine: { parameters, optimizer } },
  };
}

/** What every block of the recipe learns; null where the recipe makes no sense for such pictures. */
function learntArraysOf({ features }: Recipe, shape: ImageShape) {
  try {
    return features.map((options) => {
      const extractor = extractorOf(options);
      return { options, dimension: extractor.dimensionOf(options, shape), arrays: extractor.arraysOf(options, shape) };
    });
  } catch {
    return null;
  }
}

function isProgress(value: unknown): value is Omit<TrainingState, 'engine'> {
  if (!isRecord(value)) return false;
  const { step, epoch, cursor, pictures, correct, lossSum, earlyStopping, endReason, elapsedMs, evaluations } = value;
  if (![step, cursor, pictures, correct].every(isCount) || !isCount(epoch) || epoch < 1) return false;
  if (!Number.isFinite(lossSum) || !isNotNegative(elapsedMs)) return false;
  if (endReason !== null && !['patience', 'target', 'converged'].includes(endReason as string)) return false;
  if (evaluations !== undefined && !isCount(evaluations)) return false;
  if (!isRecord(earlyStopping)) return false;
  const { bestEpoch, bestLoss, bestAccuracy, epochsSinceBest } = earlyStopping;
  if (bestAccuracy !== undefined && !isNotNegative(bestAccuracy)) return false;
  if (bestEpoch === null || bestLoss === null) return bestEpoch === bestLoss && isCount(epochsSinceBest);
  return isCount(bestEpoch) && Number.isFinite(bestLoss) && isCount(epochsSinceBest);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNotNegative(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

/** A side of a picture in pixels. */
function isSide(value: unknown): value is number {
  return isCount(value) && value >= 1 && value <= 4096;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** JSON with every character outside of ASCII escaped: core has no text codec, and needs none this way. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function writeAscii(target: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
}

function readAscii(source: Uint8Array, offset: number, length: number): string {
  const pieceLength = 4096;
  let text = '';
  for (let at = offset; at < offset + length; at += pieceLength) {
    text += String.fromCharCode(...source.subarray(at, Math.min(offset + length, at + pieceLength)));
  }
  return text;
}

/** Two multiplicative hashes over the 32-bit words of the first `length` bytes, a multiple of 4. */
function checksumOf(file: Uint8Array, length: number): [number, number] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let at = 0; at < length; at += 4) {
    const word = view.getUint32(at, true);
    low = Math.imul(low ^ word, 0x01000193);
    low ^= low >>> 15;
    high = (Math.imul(high, 0x5bd1e995) + word) | 0;
    high ^= high >>> 13;
  }
  return [low >>> 0, high >>> 0];
}
