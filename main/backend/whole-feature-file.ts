/** Whether a feature cache is as long as its own header says (main/compute/feature-file.ts has the format). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { extractorOf } from '../../core/features/index.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';

const prefixBytes = 16;
const longestHeaderBytes = 2 ** 20;
const bytesOf = { float32: 4, float64: 8, uint32: 4 } as const;

/** False for a file that was cut off, overwritten, or cannot be read: a cache can be made again at any time. */
export function isWholeFeatureFile(path: string): boolean {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const prefix = Buffer.alloc(prefixBytes);
    readSync(file, prefix, 0, prefixBytes, 0);
    const headerBytes = prefix.readUInt32LE(8);
    if (prefix.toString('latin1', 0, 8) !== 'TESSFEA1' || headerBytes > longestHeaderBytes) return false;
    const header = Buffer.alloc(headerBytes);
    readSync(file, header, 0, headerBytes, prefixBytes);
    const { options, shape, dimension, count } = JSON.parse(header.toString('utf8')) as FittedFeatures & {
      readonly count: number;
    };
    const learnt = Object.values(extractorOf(options).arraysOf(options, shape)).reduce(
      (total, { type, length }) => total + Math.ceil((bytesOf[type] * length) / 64) * 64,
      0,
    );
    return fstatSync(file).size === prefixBytes + headerBytes + learnt + 4 * count * dimension;
  } catch {
    return false;
  } finally {
    if (file !== null) closeSync(file);
  }
}
