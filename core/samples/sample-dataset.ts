import { cancelled } from '../errors.ts';
import { createGenerator } from '../random/generator.ts';
import { uniform } from '../random/sampling.ts';
import { drawDigit } from './handwriting.ts';
import { shapeClasses } from './shape-outlines.ts';
import { drawShape } from './shapes.ts';

/**
 * The two datasets that come with the studio, so that the first run needs no data.
 *
 * They are drawn, not stored, and come out the same to the bit on every machine. Their words on the screen are the
 * messages `sample_<id>_title`, `sample_<id>_description` and `sample_class_<class>`.
 */
export type SampleId = 'shapes' | 'handwriting';

/** What there is to know about a sample without drawing it. */
export interface SampleSummary {
  readonly id: SampleId;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** English identifiers, in the order of the labels. */
  readonly classes: readonly string[];
  readonly trainCount: number;
  readonly testCount: number;
}

export interface SampleDataset extends SampleSummary {
  /** (count · height · width · channels), row-major, channels interleaved. */
  readonly pixels: Uint8Array;
  /** (count) class indices. */
  readonly labels: Uint8Array;
  /** (count) 1 where the picture belongs to the test split, else 0. The test pictures are the last ones. */
  readonly testMask: Uint8Array;
  /** (count) `<class>/<number>`, as a folder of classes would name them, without an ending. */
  readonly names: readonly string[];
}

export interface GenerateSampleOptions {
  /** Asked before each picture. */
  shouldStop?: () => boolean;
}

const summaries: Readonly<Record<SampleId, SampleSummary>> = {
  shapes: {
    id: 'shapes',
    width: 32,
    height: 32,
    channels: 3,
    classes: shapeClasses,
    trainCount: 1600,
    testCount: 400,
  },
  handwriting: {
    id: 'handwriting',
    width: 28,
    height: 28,
    channels: 1,
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    trainCount: 1600,
    testCount: 400,
  },
};

const drawings = { shapes: drawShape, handwriting: drawDigit };

/** The seed of the published pictures. */
const seed = 1;

/** The samples in the order in which they are offered. */
export const sampleCatalogue: readonly SampleSummary[] = [summaries.shapes, summaries.handwriting];

export function isSampleId(value: string): value is SampleId {
  return Object.hasOwn(summaries, value);
}

/**
 * Draws a sample. Every picture has a random stream of its own. Classes take turns, so that every class has as many
 * pictures as any other in each split and any first part of the pictures holds all classes.
 *
 * @throws StudioError CANCELLED when `shouldStop` says so.
 */
export function generateSample(id: SampleId, options: GenerateSampleOptions = {}): SampleDataset {
  const { shouldStop = () => false } = options;
  const summary = summaries[id];
  const { width, height, channels, classes, trainCount, testCount } = summary;
  const count = trainCount + testCount;
  const size = width * height * channels;
  const pixels = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  const testMask = new Uint8Array(count).fill(1, trainCount);
  const names: string[] = [];

  for (let i = 0; i < count; i++) {
    if (shouldStop()) throw cancelled();
    const label = i % classes.length;
    labels[i] = label;
    names.push(`${classes[label]!}/${String(Math.floor(i / classes.length) + 1).padStart(4, '0')}`);
    drawSamplePicture(id, i, pixels.subarray(i * size, (i + 1) * size));
  }
  return { ...summary, pixels, labels, testMask, names };
}

/** Draws one picture of a sample, the same as `generateSample` does: what the start screen shows before any is made. */
export function drawSamplePicture(id: SampleId, index: number, target: Uint8Array): void {
  const random = createGenerator(seed, 'sample', id, index);
  drawings[id](() => uniform(random), index % summaries[id].classes.length, target);
}
