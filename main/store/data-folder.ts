/** Where the studio keeps everything, and whether that place can be used. */
import { accessSync, chmodSync, constants, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { StudioError } from '../../core/errors.ts';

/** The places inside a data folder. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly lock: string;
  readonly settings: string;
  /** Whether the native library works on this machine. */
  readonly nativeProbe: string;
  /** Pixel caches, named by the sha256 of their content. */
  readonly caches: string;
  /** One folder a run. */
  readonly checkpoints: string;
  /** Files on their way; emptied at every start. */
  readonly staging: string;
  readonly backups: string;
  /** What was moved aside because it was damaged; never deleted by the studio. */
  readonly damaged: string;
  readonly uploads: string;
  readonly logs: string;
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    path: root,
    database: join(root, 'tessera.sqlite'),
    lock: join(root, 'lock.sqlite'),
    settings: join(root, 'settings.json'),
    nativeProbe: join(root, 'native-probe.json'),
    caches: join(root, 'caches'),
    checkpoints: join(root, 'checkpoints'),
    staging: join(root, 'staging'),
    backups: join(root, 'backups'),
    damaged: join(root, 'damaged'),
    uploads: join(root, 'uploads'),
    logs: join(root, 'logs'),
  };
}

/** TESSERA_DATA where it is set, else the platform's place for the data of programs. */
export function defaultDataFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (environment.TESSERA_DATA !== undefined && environment.TESSERA_DATA !== '')
    return resolve(environment.TESSERA_DATA);
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Tessera');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tessera');
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'tessera');
}

/**
 * Linux's numbers (statfs f_type) of file systems on which SQLite's shared memory does not work: NFS, SMB, CIFS, SMB2,
 * AFS, Coda, NCP, Ceph. FUSE is not among them: it also carries local disks.
 */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x00c36400, 'Ceph'],
]);

/** The name of the network file system that `path` lies on; null where it is local or the platform does not say. */
export function networkFileSystem(path: string, fileSystemType: (path: string) => number = typeOf): string | null {
  if (process.platform === 'win32') return path.startsWith('\\\\') ? 'SMB' : null;
  if (process.platform !== 'linux') return null;
  return networkFileSystems.get(fileSystemType(path) >>> 0) ?? null;
}

function typeOf(path: string): number {
  return statfsSync(path).type;
}

/**
 * Makes the folder and its parts, for the owner's eyes only, and finds out whether it can be written.
 *
 * @throws StudioError DATA_FOLDER_UNUSABLE when it cannot be made, is no folder, or lies on a network file system.
 */
export function prepareDataFolder(
  path: string,
  fileSystemType?: (path: string) => number,
): { folder: DataFolder; writable: boolean } {
  const folder = dataFolder(path);
  process.umask(0o077); // everything the studio writes belongs to its person alone
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    // A read-only volume or a folder of someone else may hold a studio that can still be looked at.
    if (!isReadOnlyFailure(cause)) throw unusable(folder.path, cause);
  }
  let network: string | null;
  try {
    network = networkFileSystem(folder.path, fileSystemType);
  } catch (cause) {
    throw unusable(folder.path, cause);
  }
  if (network !== null) {
    throw new StudioError('DATA_FOLDER_UNUSABLE', { path: folder.path, reason: `network file system ${network}` });
  }
  const { caches, checkpoints, staging, backups, uploads, logs } = folder;
  try {
    accessSync(folder.path, constants.W_OK);
    const probe = join(folder.path, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    // A full disk is no read-only one: the studio has to start on it so that something can be deleted.
    if (!isCode(cause, 'ENOSPC') && !isCode(cause, 'EDQUOT')) {
      if (isReadOnlyFailure(cause)) return { folder, writable: false };
      throw unusable(folder.path, cause);
    }
  }
  try {
    // The drive may know no modes (FAT); then there is nothing to set.
    if (process.platform !== 'win32') chmodSync(folder.path, 0o700);
  } catch {
    // not the owner: the folder was shared on purpose
  }
  for (const part of [caches, checkpoints, staging, backups, uploads, logs]) {
    try {
      mkdirSync(part, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw unusable(part, cause);
    }
  }
  return { folder, writable: true };
}

/** Bytes an ordinary process may still write where `path` lies. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

export function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && (cause as NodeJS.ErrnoException).code === code;
}

function isReadOnlyFailure(cause: unknown): boolean {
  return ['EROFS', 'EACCES', 'EPERM'].some((code) => isCode(cause, code));
}

function unusable(path: string, cause: unknown): StudioError {
  const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new StudioError('DATA_FOLDER_UNUSABLE', { path, reason }, { cause });
}
