/**
 * Walks a folder of class folders and says what every entry is, without opening one.
 *
 * Names are handled as their bytes, one character a byte ("byte strings"), because a name need not be UTF-8; strings of
 * that kind also sort by bytes, so a dataset has the same order on every machine. Links are never followed.
 */
import { type Dir, type Dirent, opendirSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { StudioError } from '../../core/errors.ts';
import { TimeSlice } from './time-slice.ts';

export interface SourceEntry {
  /** Byte string, relative to its root, with `/`. */
  readonly path: string;
  /** Index into `roots`. */
  readonly root: number;
  /** `file`: to be opened; its content decides. */
  readonly state: 'file' | 'skipped' | 'ignored';
  readonly reason: string | null;
  /** Index into `classes`; -1 outside of classes. */
  readonly label: number;
  /** Index into splitNames; -1 where the source does not say. */
  readonly split: number;
}

export interface WalkedFolder {
  readonly kind: 'folder';
  readonly roots: readonly string[];
  readonly classes: readonly string[];
  readonly entries: readonly SourceEntry[];
  /** Which splits the source brings: train, validation, test. */
  readonly splits: readonly [boolean, boolean, boolean];
  readonly remarks: readonly Remark[];
}

export interface Remark {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface WalkOptions {
  readonly signal?: AbortSignal;
  /** Files found so far. */
  readonly onProgress?: (files: number) => void;
}

const deepest = 64;
const mostClasses = 1000;

/** Extensions that promise a picture, read or not: the content decides. All others are left alone unopened. */
const pictureExtensions = new Set(
  (
    'jpg jpeg jpe jfif jif png apng webp gif tif tiff avif avifs bmp dib svg svgz pdf heic heif hif heics jp2 j2k jpx ' +
    'jpf j2c jxl ico cur psd psb ppm pgm pbm pnm pam cr2 cr3 crw nef nrw arw srf sr2 dng orf rw2 raf pef srw x3f 3fr ' +
    'tga exr hdr dds pcx xcf eps v vips fits dcm'
  ).split(' '),
);
const litterFiles = new Set(['thumbs.db', 'desktop.ini', 'ehthumbs.db', 'icon\r', 'picasa.ini']);
const litterFolders = new Set(['__macosx', '$recycle.bin', 'system volume information', '@eadir', 'lost+found']);

const splitOfFolder = new Map([
  ['train', 0],
  ['training', 0],
  ['val', 1],
  ['valid', 1],
  ['validation', 1],
  ['dev', 1],
  ['test', 2],
  ['testing', 2],
  ['t10k', 2],
]);

/** Text of a byte string; bytes that are not UTF-8 become U+FFFD. */
export function textOf(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}

export function isUtf8(byteString: string): boolean {
  const raw = Buffer.from(byteString, 'latin1');
  return Buffer.from(raw.toString('utf8'), 'utf8').equals(raw);
}

export function byteStringOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Where an entry lies, as bytes for the file system. */
export function absolutePath(root: string, relative: string): Buffer {
  return Buffer.concat([
    Buffer.from(root.endsWith(path.sep) ? root : root + path.sep),
    Buffer.from(relative, 'latin1'),
  ]);
}

interface Listed {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'link' | 'special';
}

/**
 * @param only  names of the folders of the root that are wanted; all of them when left out.
 * @throws StudioError FOLDER_NOT_FOUND, FOLDER_NOT_READABLE, NO_IMAGES_FOUND, NO_CLASS_FOLDERS, ONE_CLASS,
 *   TOO_MANY_CLASSES, CANCELLED.
 */
export async function walkFolder(
  root: string,
  options: WalkOptions = {},
  only?: ReadonlySet<string>,
): Promise<WalkedFolder> {
  const walk = new Walk(root, options);
  return walk.run(only);
}

class Walk {
  readonly #slice: TimeSlice;
  readonly #onProgress: (files: number) => void;
  readonly #root: string;
  /** Of the wrapper folders that were descended through. */
  #prefix = '';
  readonly #classes: string[] = [];
  readonly #labelOfClass = new Map<string, number>();
  readonly #entries: SourceEntry[] = [];
  readonly #remarks: Remark[] = [];
  readonly #hasSplit: [boolean, boolean, boolean] = [false, false, false];
  #hasNested = false;
  #looseFiles = 0;

  constructor(root: string, { signal, onProgress }: WalkOptions) {
    this.#root = root;
    this.#slice = new TimeSlice(signal);
    this.#onProgress = onProgress ?? (() => {});
  }

  async run(only?: ReadonlySet<string>): Promise<WalkedFolder> {
    let top = await this.#listRoot();
    if (only !== undefined) top = top.filter(({ name }) => only.has(name));
    top = await this.#descendWrapper(top);
    const folders = top.filter(({ kind, name }) => kind === 'folder' && !isLitterFolder(name));
    const splitFolders = await this.#splitFolders(folders);

    for (const listed of top) {
      const at = this.#prefix + listed.name;
      if (listed.kind !== 'folder' || isLitterFolder(listed.name)) {
        await this.#entry(at, listed, -1, -1, listed.kind === 'folder', 1);
        continue;
      }
      const split = splitFolders.get(listed.name);
      if (split === undefined) {
        if (splitFolders.size === 0) await this.#classFolder(at, listed.name, -1);
        else await this.#tree(at, -1, -1, false, 1, 'outside-splits');
        continue;
      }
      this.#hasSplit[split] = true;
      const inside = await this.#list(at);
      if (inside === null) continue;
      for (const child of inside) {
        const below = `${at}/${child.name}`;
        if (child.kind === 'folder' && !isLitterFolder(child.name)) await this.#classFolder(below, child.name, split);
        else await this.#entry(below, child, -1, split, child.kind === 'folder', 2);
      }
    }
    return this.#result();
  }

  async #listRoot(): Promise<Listed[]> {
    let isFolder: boolean;
    try {
      isFolder = lstatSync(this.#root).isDirectory() || lstatSync(path.join(this.#root, '.')).isDirectory();
    } catch (cause) {
      throw rootError(this.#root, cause);
    }
    if (!isFolder) throw new StudioError('NO_CLASS_FOLDERS', { path: this.#root });
    try {
      return await this.#read('');
    } catch (cause) {
      throw rootError(this.#root, cause);
    }
  }

  /** A folder that holds nothing but one folder of several folders is only its wrapping. */
  async #descendWrapper(top: Listed[]): Promise<Listed[]> {
    for (let depth = 0; depth < 3; depth++) {
      const folders = top.filter(({ kind, name }) => kind === 'folder' && !isLitterFolder(name));
      const hasPictures = top.some(({ kind, name }) => kind === 'file' && !isIgnoredName(name));
      if (folders.length !== 1 || hasPictures || splitOfFolder.has(folders[0]!.name.toLowerCase())) return top;
      const inner = await this.#read(`${this.#prefix}${folders[0]!.name}`).catch(() => []);
      const innerFolders = inner.filter(({ kind, name }) => kind === 'folder' && !isLitterFolder(name));
      if (innerFolders.length < 2 || inner.some(({ kind, name }) => kind === 'file' && !isIgnoredName(name)))
        return top;
      for (const listed of top) {
        if (listed !== folders[0])
          await this.#entry(this.#prefix + listed.name, listed, -1, -1, listed.kind === 'folder', 1);
      }
      this.#prefix += `${folders[0]!.name}/`;
      this.#remarks.push({ code: 'wrapper-folder', details: { folder: textOf(folders[0]!.name) } });
      top = inner;
    }
    return top;
  }

  /** The folders that are splits: named like one, and holding folders. One alone has to be the training split. */
  async #splitFolders(folders: readonly Listed[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const { name } of folders) {
      const split = splitOfFolder.get(name.toLowerCase());
      if (split === undefined) continue;
      const inside = await this.#read(this.#prefix + name).catch(() => []);
      if (inside.some((child) => child.kind === 'folder' && !isLitterFolder(child.name))) found.set(name, split);
    }
    const hasTraining = [...found.values()].includes(0);
    return hasTraining && (found.size > 1 || folders.length === 1) ? found : new Map();
  }

  async #classFolder(at: string, name: string, split: number): Promise<void> {
    const before = this.#entries.length;
    const label = this.#labelOfClass.get(name) ?? this.#classes.length;
    const isEmpty = await this.#tree(at, label, split, false, 1, null);
    let isClass = isEmpty;
    for (let i = before; i < this.#entries.length && !isClass; i++) {
      const { state, reason } = this.#entries[i]!;
      isClass = state === 'file' || (state === 'skipped' && reason !== 'permission-denied');
    }
    if (isClass && label === this.#classes.length) {
      if (label >= mostClasses) throw new StudioError('TOO_MANY_CLASSES', { classes: label + 1, limit: mostClasses });
      this.#labelOfClass.set(name, label);
      this.#classes.push(textOf(name));
    } else if (!isClass) {
      // Notes and litter only: a folder beside the classes.
      for (let i = before; i < this.#entries.length; i++) this.#entries[i] = { ...this.#entries[i]!, label: -1 };
    }
  }

  /** Everything below a folder. Returns whether there is nothing in it at all. */
  async #tree(
    at: string,
    label: number,
    split: number,
    isLitter: boolean,
    depth: number,
    outside: string | null,
  ): Promise<boolean> {
    if (depth > deepest) {
      this.#add(at, 'skipped', 'too-deep', label, split);
      return false;
    }
    const inside = await this.#list(at);
    if (inside === null) return false;
    if (inside.length === 0) {
      this.#add(at, 'ignored', 'empty-folder', label, split);
      return true;
    }
    for (const child of inside) {
      const below = `${at}/${child.name}`;
      if (child.kind === 'folder') {
        const childIsLitter = isLitter || isLitterFolder(child.name);
        if (!childIsLitter && label >= 0) this.#hasNested = true;
        await this.#tree(below, label, split, childIsLitter, depth + 1, outside);
      } else if (outside !== null && child.kind === 'file' && !isIgnoredName(child.name)) {
        this.#add(below, 'skipped', outside, label, split);
      } else this.#leaf(below, child, label, split, isLitter);
    }
    return false;
  }

  async #entry(
    at: string,
    listed: Listed,
    label: number,
    split: number,
    isLitter: boolean,
    depth: number,
  ): Promise<void> {
    if (listed.kind === 'folder') await this.#tree(at, label, split, isLitter, depth, null);
    else this.#leaf(at, listed, label, split, isLitter);
  }

  #leaf(at: string, { name, kind }: Listed, label: number, split: number, isLitter: boolean): void {
    if (kind === 'link') this.#add(at, 'skipped', 'symlink', label, split);
    else if (kind === 'special') this.#add(at, 'skipped', 'not-a-file', label, split);
    else if (isLitter || isLitterFile(name)) this.#add(at, 'ignored', 'litter', label, split);
    else if (isIgnoredName(name)) this.#add(at, 'ignored', 'not-a-picture', label, split);
    else if (label < 0) {
      this.#looseFiles++;
      this.#add(at, 'skipped', 'no-class', label, split);
    } else this.#add(at, 'file', null, label, split);
  }

  #add(path: string, state: SourceEntry['state'], reason: string | null, label: number, split: number): void {
    this.#entries.push({ path, root: 0, state, reason, label, split });
    if (this.#entries.length % 1000 === 0) this.#onProgress(this.#entries.length);
  }

  /** A folder that cannot be read is listed once; the walk goes on. */
  async #list(at: string): Promise<Listed[] | null> {
    try {
      return await this.#read(at);
    } catch (cause) {
      this.#add(at, 'skipped', fileReason(cause), -1, -1);
      return null;
    }
  }

  async #read(at: string): Promise<Listed[]> {
    const listed: Listed[] = [];
    const folder = absolutePath(this.#root, at);
    // Names as one character a byte; the types of Node know text only.
    const dir = opendirSync(folder, { encoding: 'latin1' as BufferEncoding, bufferSize: 1024 });
    try {
      for (let entry = nextEntry(dir); entry !== null; entry = nextEntry(dir)) {
        listed.push({ name: entry.name, kind: kindOf(entry) });
        if (listed.length % 256 === 0) await this.#slice.pause();
      }
    } finally {
      dir.closeSync();
    }
    await this.#slice.pause();
    return listed.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #result(): WalkedFolder {
    const files = this.#entries.filter(({ state }) => state === 'file');
    if (files.length === 0) {
      if (this.#looseFiles > 0) throw new StudioError('NO_CLASS_FOLDERS', { path: this.#root });
      throw new StudioError('NO_IMAGES_FOUND', { path: this.#root });
    }
    if (this.#classes.length === 1) {
      throw new StudioError('ONE_CLASS', { path: this.#root, className: this.#classes[0]! });
    }
    this.#onProgress(this.#entries.length);
    const counts = new Map<number, number>();
    for (const { label } of files) counts.set(label, (counts.get(label) ?? 0) + 1);
    for (const [label, name] of this.#classes.entries()) {
      const count = counts.get(label) ?? 0;
      if (count === 0) this.#remarks.push({ code: 'empty-class', details: { className: name } });
      else if (count === 1) this.#remarks.push({ code: 'one-picture-class', details: { className: name } });
    }
    if (this.#looseFiles > 0) this.#remarks.push({ code: 'loose-files', details: { count: this.#looseFiles } });
    if (this.#hasNested) this.#remarks.push({ code: 'nested-folders', details: {} });
    return {
      kind: 'folder',
      roots: [this.#root],
      classes: this.#classes,
      entries: this.#entries,
      splits: this.#hasSplit,
      remarks: this.#remarks,
    };
  }
}

function nextEntry(dir: Dir): Dirent | null {
  return dir.readSync();
}

function kindOf(entry: Dirent): Listed['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'special';
}

function isLitterFolder(name: string): boolean {
  return name.startsWith('.') || litterFolders.has(name.toLowerCase());
}

function isLitterFile(name: string): boolean {
  return name.startsWith('.') || litterFiles.has(name.toLowerCase());
}

/** Litter, and extensions no picture format uses; a name without one is judged by its content. */
export function isIgnoredName(name: string): boolean {
  if (isLitterFile(name)) return true;
  const dot = name.lastIndexOf('.');
  const extension = dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
  return extension !== '' && !pictureExtensions.has(extension);
}

/** Why an entry could not be read, as a code of the import's reasons. */
export function fileReason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'EACCES' || code === 'EPERM') return 'permission-denied';
  if (code === 'ELOOP') return 'symlink';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished';
  if (code === 'ENAMETOOLONG') return 'name-too-long';
  return 'read-error';
}

function rootError(root: string, cause: unknown): StudioError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new StudioError('FOLDER_NOT_FOUND', { path: root });
  return new StudioError('FOLDER_NOT_READABLE', { path: root, reason: code });
}
