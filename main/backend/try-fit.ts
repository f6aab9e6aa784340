/** A few pictures of a source as they would be stored, beside what they are: the fit policy before anything is written. */
import path from 'node:path';
import type { importsContract } from '../../core/rpc/contract/imports.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { FitPolicy } from '../../core/rpc/contract/common.ts';
import type { DecoderPool } from './decoder-pool.ts';
import { openSource } from './open-source.ts';
import { FileReader } from './read-file.ts';
import { absolutePath, textOf, type SourceEntry } from './walk-source.ts';

type TriedPictures = Output<typeof importsContract, 'imports.tryFit'>['pictures'];

const viewSide = 256;

/** Pictures that cannot be opened are passed over; IDX and CIFAR files have a size of their own and give none. */
export async function tryFit(
  paths: readonly string[],
  { size, fit, count }: { size: number; fit: FitPolicy; count: number },
  decoders: DecoderPool,
  signal?: AbortSignal,
): Promise<TriedPictures> {
  const source = await openSource(paths, null, decoders, signal === undefined ? {} : { signal });
  if (source.kind !== 'folder') return [];
  const reader = new FileReader();
  const pictures: TriedPictures = [];
  for (const entry of spread(source.entries, count)) {
    if (pictures.length >= count) break;
    const read = await reader.read(absolutePath(source.roots[entry.root]!, entry.path));
    if (read.kind === 'refused') continue;
    const name = textOf(path.posix.basename(entry.path));
    const { data } = read;
    const target = { width: size, height: size, channels: 3, fit } as const;
    const decoded = await decoders.decode({ data, ends: [data.length], names: [name] }, target, signal);
    const picture = decoded.pictures[0]!;
    if (picture.kind === 'refused') continue;
    const view = await decoders.view({ data, name, side: viewSide }, signal);
    pictures.push({
      path: textOf(entry.path),
      originalWidth: picture.originalWidth,
      originalHeight: picture.originalHeight,
      width: size,
      height: size,
      channels: 3,
      pixels: new Uint8Array(decoded.pixels),
      original: { width: view.width, height: view.height, pixels: view.pixels },
    });
  }
  return pictures;
}

/** The first picture of every class in turn, then the second, …; twice as many as wanted, as some may not open. */
function spread(entries: readonly SourceEntry[], count: number): SourceEntry[] {
  const byClass = new Map<number, SourceEntry[]>();
  for (const entry of entries) {
    if (entry.state !== 'file' || entry.label < 0) continue;
    const own = byClass.get(entry.label);
    if (own === undefined) byClass.set(entry.label, [entry]);
    else if (own.length < count) own.push(entry);
  }
  const chosen: SourceEntry[] = [];
  for (let turn = 0; turn < count; turn++) {
    for (const own of byClass.values()) if (own[turn] !== undefined) chosen.push(own[turn]!);
  }
  return chosen.slice(0, 2 * count);
}
