/**
 * Folders that were dropped on a page of the browser host: a page can read what was dropped and knows no path of it, so
 * the files arrive block by block and lie below `uploads/` of the data folder, where they can be imported from.
 */
import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../core/errors.ts';
import { isWithin } from './folder-listing.ts';

export interface UploadLimits {
  readonly files: number;
  readonly bytes: number;
  /** Uploads that have begun and not ended; one more ends the oldest. */
  readonly open: number;
}

export const uploadLimits: UploadLimits = { files: 200_000, bytes: 16 * 2 ** 30, open: 8 };

const deepest = 32;
const longestName = 255;

interface Upload {
  readonly folder: string;
  /** Bytes of each file so far, by path. */
  readonly sizes: Map<string, number>;
  bytes: number;
}

export class UploadStaging {
  readonly #root: string;
  readonly #limits: UploadLimits;
  readonly #uploads = new Map<string, Upload>();

  constructor(root: string, limits: UploadLimits = uploadLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  /** Begins an upload. The folder is called `name` where that can be the name of a folder, because a dataset is called after it. */
  async begin(name: string): Promise<string> {
    const id = randomUUID();
    for (const oldest of this.#uploads.keys()) {
      if (this.#uploads.size < this.#limits.open) break;
      await this.drop(oldest);
    }
    const folder = path.join(this.#root, id, isName(name) ? name : 'upload');
    await this.#disk(folder, 0, () => mkdir(folder, { recursive: true, mode: 0o700 }));
    this.#uploads.set(id, { folder, sizes: new Map(), bytes: 0 });
    return id;
  }

  /**
   * Writes the next block of a file. Blocks of one file come in order; the first one makes the file.
   *
   * @param file  Path inside the upload, with `/`.
   * @throws StudioError INVALID_INPUT for a path that leads elsewhere or a block out of order; UPLOAD_TOO_LARGE; DISK_FULL.
   */
  async write(id: string, file: string, offset: number, block: Uint8Array): Promise<void> {
    const upload = this.#find(id, 'files.uploadBlock');
    const names = file.split('/');
    if (names.length > deepest || !names.every(isName)) throw refused('path', 'not the path of a file');
    const place = path.join(upload.folder, ...names);
    if (!isWithin(upload.folder, place)) throw refused('path', 'not the path of a file');
    const size = upload.sizes.get(file);
    if (offset !== (size ?? 0)) throw refused('offset', 'blocks come in order');
    const { files, bytes } = this.#limits;
    if ((size === undefined && upload.sizes.size >= files) || upload.bytes + block.length > bytes) {
      await this.drop(id);
      throw new StudioError('UPLOAD_TOO_LARGE', { files, gigabytes: Math.round(bytes / 2 ** 30) });
    }

    // Counted before it is written: a second block for the same place is out of order at once.
    upload.sizes.set(file, offset + block.length);
    upload.bytes += block.length;
    await this.#disk(place, block.length, async () => {
      if (size === undefined) await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      // `wx`: two names that a disk takes for the same are not written over each other.
      const handle = await open(place, size === undefined ? 'wx' : 'a', 0o600);
      try {
        await handle.writeFile(block);
      } finally {
        await handle.close();
      }
    });
  }

  /** Ends an upload; the folder stays until the next start finds no dataset that came from it. */
  end(id: string): { path: string; files: number } {
    const upload = this.#find(id, 'files.endUpload');
    this.#uploads.delete(id);
    return { path: upload.folder, files: upload.sizes.size };
  }

  /** Gives an upload up and removes its files; an unknown one is gone already. */
  async drop(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    if (upload !== undefined) await rm(path.dirname(upload.folder), { recursive: true, force: true });
  }

  /** At start: removes what earlier runs of the studio left, except the sources of datasets. */
  async removeAbandoned(sources: readonly string[]): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      const folder = path.join(this.#root, name);
      if (this.#uploads.has(name) || sources.some((source) => isWithin(folder, source))) continue;
      await rm(folder, { recursive: true, force: true });
    }
  }

  #find(id: string, method: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw refused('uploadId', 'no upload that goes on', method);
    return upload;
  }

  async #disk(place: string, neededBytes: number, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        const { bavail, bsize } = statfsSync(this.#root);
        throw new StudioError('DISK_FULL', { path: this.#root, neededBytes, freeBytes: bavail * bsize }, { cause });
      }
      if (code === 'EEXIST' || code === 'ENOTDIR') throw refused('path', 'is there already under another name');
      throw new StudioError('FILE_NOT_WRITTEN', { path: place, reason: code ?? String(cause) }, { cause });
    }
  }
}

/** Whether this can be one name of a path on every system: nothing that leads elsewhere or means something else. */
function isName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  if (Buffer.byteLength(name) > longestName || !name.isWellFormed()) return false;
  if (/[/\\\0]/.test(name) || /^[A-Za-z]:/.test(name)) return false;
  return process.platform !== 'win32' || isWindowsName(name);
}

/** Windows gives streams (`a:b`), devices (`nul.png`) and names that end in a dot or space a meaning of their own. */
function isWindowsName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are the names that are meant
  return !/[<>:"|?*\x00-\x1f]|[. ]$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(name);
}

function refused(field: string, problem: string, method = 'files.uploadBlock'): StudioError {
  return new StudioError('INVALID_INPUT', { method, path: field, problem });
}
