/** The folder chooser of pages that have no dialog of the system: what lies in a folder of this machine. */
import type { Dirent } from 'node:fs';
import { opendir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { isStudioError, StudioError } from '../../core/errors.ts';
import type { filesContract } from '../../core/rpc/contract/files.ts';
import type { Output } from '../../core/rpc/define.ts';
import { pathBytes, pathText } from './path-text.ts';

export type FolderListing = Output<typeof filesContract, 'files.list'>;
type Entry = FolderListing['entries'][number];

/** Files of one folder that are listed; a folder of a class may hold a hundred thousand. */
const mostFiles = 2_000;
const mostSubfolders = 1_000;
/** Entries that are read to count subfolders, over all folders of a listing. */
const mostCounted = 50_000;

const pictureExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.bmp']);
/** By name only: whether it really is one is seen when it is opened. */
const datasetEndings = ['-ubyte', '-ubyte.gz', '.idx', '.idx.gz', '.bin'];

/** Where a person's files can be: what is below one of these can be listed. */
export function machineRoots(platform: NodeJS.Platform = process.platform): string[] {
  if (platform !== 'win32') return [homedir(), '/'];
  const drives = Array.from({ length: 26 }, (_, i) => `${String.fromCharCode(65 + i)}:\\`);
  return [homedir(), ...drives];
}

/**
 * The entries of one folder: subfolders first, each kind in the order of its names. Names that begin with a dot, links
 * and special files are left out: an import does not read them either.
 *
 * @param folder  Absolute path as `pathText`; null for the first root.
 * @param roots  Folders below which one may look; the first is where one begins.
 * @throws StudioError FOLDER_NOT_FOUND for what does not exist, is no folder, or lies outside the roots;
 *   FOLDER_NOT_READABLE.
 */
export async function listFolder(
  folder: string | null,
  roots: readonly string[],
  recent: readonly string[] = [],
): Promise<FolderListing> {
  const asked = folder ?? roots[0] ?? '/';
  const real = await realFolder(asked);
  const realRoots = await existing(roots);
  if (!realRoots.some((root) => isWithin(root, real))) throw notFound(asked);

  const folders: string[] = [];
  const files: Entry[] = [];
  let omitted = 0;
  for await (const { name, kind } of readEntries(real)) {
    if (kind === 'folder') folders.push(name);
    else if (files.length < mostFiles)
      files.push({ name, path: join(real, name), kind: kindOf(name), subfolders: null });
    else omitted++;
  }
  // Checked again, in case the folder was replaced by a link between the check and the reading.
  if ((await realFolder(real)) !== real) throw notFound(asked);

  const parent = path.dirname(real);
  const budget = { left: mostCounted };
  const entries: Entry[] = [];
  for (const name of folders.sort(byName)) {
    const place = join(real, name);
    entries.push({ name, path: place, kind: 'folder', subfolders: await countSubfolders(place, budget) });
  }
  return {
    path: real,
    parent: parent !== real && realRoots.some((root) => isWithin(root, parent)) ? parent : null,
    roots: [...new Set([...realRoots, ...(await existing(recent))])].map((place) => ({
      name: path.basename(place) || place,
      path: place,
    })),
    entries: [...entries, ...files.sort((a, b) => byName(a.name, b.name))],
    omitted,
  };
}

/** Whether `inner` is `outer` or lies below it; both absolute and without links. */
export function isWithin(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}

async function realFolder(asked: string): Promise<string> {
  if (!path.isAbsolute(asked) || asked.includes('\0')) throw notFound(asked);
  try {
    return pathText(await realpath(pathBytes(asked), { encoding: 'buffer' }));
  } catch (cause) {
    throw refused(asked, cause);
  }
}

async function existing(places: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const place of places) {
    try {
      found.push(await realFolder(place));
    } catch {
      // a drive without a disk, a source that was moved
    }
  }
  return found;
}

async function* readEntries(folder: string): AsyncGenerator<{ name: string; kind: 'folder' | 'file' }> {
  try {
    for await (const entry of await openFolder(folder)) {
      const name = pathText(entry.name);
      if (name.startsWith('.')) continue;
      if (entry.isDirectory()) yield { name, kind: 'folder' };
      else if (entry.isFile()) yield { name, kind: 'file' };
    }
  } catch (cause) {
    throw refused(folder, cause);
  }
}

/** Names come as bytes; the types of Node know that for `readdir` only. */
async function openFolder(folder: string): Promise<AsyncIterable<Dirent<Buffer>>> {
  const opened = await opendir(pathBytes(folder), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 });
  return opened as unknown as AsyncIterable<Dirent<Buffer>>;
}

async function countSubfolders(folder: string, budget: { left: number }): Promise<number | null> {
  let count = 0;
  try {
    for await (const entry of await openFolder(folder)) {
      if (--budget.left < 0) return null;
      if (entry.isDirectory() && entry.name[0] !== 0x2e && ++count >= mostSubfolders) break;
    }
  } catch {
    return null; // seen when it is opened
  }
  return count;
}

function kindOf(name: string): Entry['kind'] {
  const lower = name.toLowerCase();
  if (pictureExtensions.has(path.extname(lower))) return 'picture';
  return datasetEndings.some((ending) => lower.endsWith(ending)) ? 'dataset-file' : 'other';
}

const collator = new Intl.Collator('en', { numeric: true });
function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

function join(folder: string, name: string): string {
  return folder.endsWith(path.sep) ? folder + name : folder + path.sep + name;
}

function notFound(asked: string): StudioError {
  return new StudioError('FOLDER_NOT_FOUND', { path: asked });
}

function refused(asked: string, cause: unknown): StudioError {
  if (isStudioError(cause)) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code)) return notFound(asked);
  return new StudioError('FOLDER_NOT_READABLE', { path: asked, reason: code });
}
