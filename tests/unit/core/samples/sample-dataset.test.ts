import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isStudioError } from '../../../../core/errors.ts';
import { generateSample, isSampleId, sampleCatalogue } from '../../../../core/samples/sample-dataset.ts';
import type { SampleDataset } from '../../../../core/samples/sample-dataset.ts';

const samples = sampleCatalogue.map(({ id }) => generateSample(id));

function pictureSize({ width, height, channels }: SampleDataset): number {
  return width * height * channels;
}

function picture(sample: SampleDataset, i: number): Uint8Array {
  const size = pictureSize(sample);
  return sample.pixels.subarray(i * size, (i + 1) * size);
}

/** The mean training picture of every class. */
function classMeans(sample: SampleDataset): Float64Array[] {
  const sums = sample.classes.map(() => new Float64Array(pictureSize(sample)));
  for (let i = 0; i < sample.trainCount; i++) {
    picture(sample, i).forEach((value, at) => (sums[sample.labels[i]!]![at]! += value));
  }
  return sums.map((sum) => sum.map((value) => value / (sample.trainCount / sample.classes.length)));
}

function rootMeanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return Math.sqrt(sum / a.length);
}

describe.each(samples)('the sample $id', (sample) => {
  const count = sample.trainCount + sample.testCount;

  it('holds what the catalogue says', () => {
    const summary = sampleCatalogue.find(({ id }) => id === sample.id)!;

    expect(sample).toMatchObject(summary);
    expect(sample.pixels).toHaveLength(count * pictureSize(sample));
    for (const perPicture of [sample.labels, sample.testMask, sample.names]) expect(perPicture).toHaveLength(count);
  });

  it('has the same number of every class in training and in test', () => {
    const counted = { 0: sample.classes.map(() => 0), 1: sample.classes.map(() => 0) };
    sample.labels.forEach((label, i) => counted[sample.testMask[i] as 0 | 1][label]!++);

    expect(counted[0]).toEqual(sample.classes.map(() => sample.trainCount / sample.classes.length));
    expect(counted[1]).toEqual(sample.classes.map(() => sample.testCount / sample.classes.length));
  });

  it('names every picture once, by its class', () => {
    expect(new Set(sample.names).size).toBe(count);
    sample.names.forEach((name, i) => expect(name.split('/')[0]).toBe(sample.classes[sample.labels[i]!]));
  });

  it('has no two pictures alike', () => {
    const distinct = new Set(
      Array.from({ length: count }, (_, i) => Buffer.from(picture(sample, i)).toString('latin1')),
    );

    expect(distinct.size).toBe(count);
  });

  it('uses the whole range of a byte', () => {
    expect(new Set(sample.pixels).size).toBe(256);
  });

  it('has classes whose mean pictures differ by more than chance explains', () => {
    const means = classMeans(sample);
    const perClass = sample.trainCount / sample.classes.length;
    // Variance of a picture around its class mean, averaged over its pixels; one number a class.
    const variances = means.map(() => 0);
    for (let i = 0; i < sample.trainCount; i++) {
      const label = sample.labels[i]!;
      variances[label]! += rootMeanSquare(picture(sample, i), means[label]!) ** 2 / (perClass - 1);
    }

    for (let a = 0; a < means.length; a++) {
      for (let b = 0; b < a; b++) {
        const byChance = (variances[a]! + variances[b]!) / perClass; // of the squared distance of two means
        expect(rootMeanSquare(means[a]!, means[b]!) ** 2).toBeGreaterThan(2 * byChance);
      }
    }
  });

  it('is neither hopeless nor easy for the nearest class mean', () => {
    const means = classMeans(sample);
    let right = 0;
    for (let i = sample.trainCount; i < count; i++) {
      const distances = means.map((mean) => rootMeanSquare(mean, picture(sample, i)));
      if (distances.indexOf(Math.min(...distances)) === sample.labels[i]) right++;
    }
    const accuracy = right / sample.testCount;

    expect(accuracy).toBeGreaterThan(0.25); // guessing gives 0.1
    expect(accuracy).toBeLessThan(0.8);
  });

  it('comes out the same each time', () => {
    expect(Buffer.compare(generateSample(sample.id).pixels, sample.pixels)).toBe(0);
  });

  it('ends with CANCELLED when it is told to stop', () => {
    let asked = 0;
    let cause: unknown;
    try {
      generateSample(sample.id, { shouldStop: () => ++asked > 3 });
    } catch (error) {
      cause = error;
    }

    expect(isStudioError(cause, 'CANCELLED')).toBe(true);
    expect(asked).toBe(4);
  });

  it.each(['en', 'ko'])('has its words in %s', (language) => {
    const file = new URL(`../../../../core/messages/${language}.json`, import.meta.url);
    const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const keys = [
      `sample_${sample.id}_title`,
      `sample_${sample.id}_description`,
      ...sample.classes.map((name) => `sample_class_${name}`),
    ];

    expect(keys.filter((key) => !messages[key])).toEqual([]);
  });
});

// Not truths but a guard: runs and lessons name a sample by its content, so a change of a picture must be meant.
it.each([
  ['shapes', 'a97637d1debd1212f571823bf6fac18b4b1baa37fd8c31c7c13c1f71ab76ca11'],
  ['handwriting', '19e788c2a1b971f1b575d8faa7a0314e1cb2260df78f2a4b1b3d7faf4fe72cd5'],
])('draws the %s that were published', (id, published) => {
  const sample = samples.find((candidate) => candidate.id === id)!;

  expect(createHash('sha256').update(sample.pixels).digest('hex')).toBe(published);
});

it('keeps the writing on its sheet', () => {
  const sample = samples.find(({ id }) => id === 'handwriting')!;
  const { width, height } = sample;
  let border = 0;
  let all = 0;
  sample.pixels.forEach((value, at) => {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) border += value;
    all += value;
  });

  expect(border / all).toBeLessThan(0.01);
});

it('knows its own names and no inherited ones', () => {
  expect(['shapes', 'handwriting', 'toString', ''].map(isSampleId)).toEqual([true, true, false, false]);
});
