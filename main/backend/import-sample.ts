/** The studio's own samples become datasets like any other; their pixels are fingerprinted by the decoder. */
import type { SampleDataset } from '../../core/samples/sample-dataset.ts';
import type { ImportContext } from './import-source.ts';
import { ReadingRecorder } from './reading-recorder.ts';

const batch = 500;

/** Returns the new dataset's id. */
export async function importSample(sample: SampleDataset, context: ImportContext): Promise<string> {
  const { repository, decoders, signal, onProgress } = context;
  const { id, width, height, channels, classes, pixels, labels, testMask, names } = sample;
  const shape = { width, height, channels };
  const size = width * height * channels;
  const recorder = new ReadingRecorder(repository, `sample ${id}`, shape, 'stretch', signal);
  try {
    for (let from = 0; from < labels.length; from += batch) {
      const to = Math.min(labels.length, from + batch);
      const raw = pixels.slice(from * size, to * size);
      const fitted = await decoders.fit(
        { pixels: raw, count: to - from, from: shape, ...shape, fit: 'stretch' },
        signal,
      );
      recorder.appendPixels(fitted.pixels);
      for (let i = from; i < to; i++) {
        const slot = i - from;
        const pixelSha256 = fitted.pixelHashes.subarray(slot * 32, slot * 32 + 32);
        recorder.add(
          {
            path: names[i]!,
            isListed: true,
            outcome: 'imported',
            reasons: [],
            className: classes[labels[i]!]!,
            split: testMask[i] === 1 ? 2 : 0,
            sizeBytes: size,
            mtimeMs: 0,
            inode: 0,
            sha256: pixelSha256,
            pixelSha256,
            differenceHash: [fitted.perceptualHashes[slot * 2]!, fitted.perceptualHashes[slot * 2 + 1]!],
            originalWidth: width,
            originalHeight: height,
          },
          { label: labels[i]!, pixels: raw.subarray(slot * size, (slot + 1) * size) },
        );
      }
      onProgress(to, labels.length);
    }
    const reading = await recorder.finish({
      classes,
      splits: [true, false, true],
      testFraction: 0,
      splitSeed: 0,
      warnings: [],
    });
    return repository.createDataset(id, { kind: 'sample', sampleId: id }, reading);
  } catch (cause) {
    recorder.discard();
    throw cause;
  }
}
