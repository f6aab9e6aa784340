/**
 * Opens the database: the only place that does, and the only SQLite library in the product.
 *
 * What is promised: a commit that returned survives a power cut (`synchronous=FULL`); a damaged database is moved
 * aside, never deleted and never opened in silence; a database of a newer studio is not touched; a schema is changed
 * only after a backup, in one transaction.
 *
 * A clean close leaves a *seal*: the sha256 of the whole file. `quick_check` finds damage to the structure, the seal also
 * finds a flipped bit inside a value. It is removed before the first write, so that a crash leaves none.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isStudioError, StudioError } from '../../core/errors.ts';
import { freeBytes, isCode, type DataFolder } from './data-folder.ts';
import { keepReserve, useReserve } from './disk-reserve.ts';
import { migrations as shippedMigrations } from './migrations/index.ts';
import { loadSqlite, sqliteCode, type OpenSqlite, type SqliteDatabase } from './sqlite.ts';

/** `TESS` in ASCII: says that a file is a database of this studio. */
export const applicationId = 0x54455353;

const keptBackups = 5;
const backupEveryMs = 24 * 3600 * 1000;

export interface StoreOptions {
  readonly folder: DataFolder;
  readonly readOnly: boolean;
  readonly appVersion: string;
  /** Milliseconds since 1970, for the age of the newest backup. */
  readonly now?: () => number;
  readonly migrations?: readonly string[];
}

export interface Recovery {
  readonly movedTo: string;
  readonly restoredBackup: string | null;
  /** When that backup was made, in milliseconds since 1970. */
  readonly backupMadeAt: number | null;
}

export interface Store {
  readonly db: SqliteDatabase;
  readonly folder: DataFolder;
  readonly readOnly: boolean;
  /** Set when this start found a damaged database. */
  readonly recovery: Recovery | null;
  /**
   * One durable transaction; `work` must not wait for anything. When this returns, what it wrote is on disk.
   *
   * @throws StudioError DATA_FOLDER_READ_ONLY, DISK_FULL; then nothing of it was written.
   */
  transaction<T>(work: () => T): T;
  /** The same for what makes room: on a full disk it may use the reserve. */
  urgentTransaction<T>(work: () => T): T;
  /** Moves the write-ahead log into the database and empties it; for idle moments. */
  tidy(): void;
  /** A verified backup under a new name; the oldest beyond five are deleted. */
  backup(): Promise<string>;
  /** Seals and closes. */
  close(): void;
}

/**
 * @throws StudioError NODE_TOO_OLD, DATABASE_NEWER, DATA_FOLDER_UNUSABLE; DATABASE_DAMAGED only where `readOnly`
 *   forbids to move it aside.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, readOnly, appVersion, now = Date.now, migrations = shippedMigrations } = options;
  const open = await loadSqlite();
  if (!readOnly) useReserve(folder);
  refuseNewer(open, folder, migrations.length);

  let recovery: Recovery | null = null;
  let opened: Opened;
  try {
    opened = readOnly ? openReadOnly(open, folder, migrations, appVersion) : openChecked(open, folder);
  } catch (cause) {
    if (!(cause instanceof Damaged)) throw unusable(folder, cause);
    if (readOnly) throw new StudioError('DATABASE_DAMAGED', { path: folder.database, movedTo: '' }, { cause });
    const movedTo = moveAside(folder);
    const restoredBackup = restoreNewestBackup(open, folder, migrations.length);
    recovery = {
      movedTo,
      restoredBackup,
      backupMadeAt: restoredBackup === null ? null : Math.round(statSync(restoredBackup).mtimeMs),
    };
    opened = openChecked(open, folder);
  }
  const { db } = opened;

  const store: Store = {
    db,
    folder,
    readOnly,
    recovery,
    transaction: (work) => runTransaction(db, folder, work),
    urgentTransaction: (work) => {
      try {
        return runTransaction(db, folder, work);
      } catch (cause) {
        if (!isStudioError(cause, 'DISK_FULL') || !useReserve(folder)) throw cause;
        return runTransaction(db, folder, work);
      }
    },
    tidy: () => {
      if (readOnly || db.inTransaction) return;
      db.pragma('wal_checkpoint(TRUNCATE)');
      keepReserve(folder);
    },
    backup: () => makeBackup(open, db, folder),
    close: () => {
      if (!db.open) return;
      if (readOnly) {
        db.close();
        opened.discard();
      } else closeSealed(db, folder);
    },
  };
  if (readOnly) return store;

  keepReserve(folder);
  try {
    const version = userVersion(db);
    if (version > 0 && version < migrations.length) await store.backup();
    migrate(db, migrations, appVersion);
    if (version > 0 && isBackupDue(folder, now())) {
      // A start does not fail for want of a backup: on a full disk the person has to get in to delete something.
      await store.backup().catch(() => null);
    }
  } catch (cause) {
    db.close();
    throw unusable(folder, cause);
  }
  return store;
}

/** Says that the file is there and is not what it should be. */
class Damaged extends Error {}

interface Opened {
  readonly db: SqliteDatabase;
  /** Deletes what was made only to read. */
  readonly discard: () => void;
}

function openChecked(open: OpenSqlite, folder: DataFolder): Opened {
  checkSeal(folder);
  breakSeal(folder);
  let db: SqliteDatabase | undefined;
  try {
    db = open(folder.database);
    checkContent(db);
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') throw new Error(`no write-ahead log here (${String(mode)})`);
    db.pragma('synchronous = FULL'); // the library's own default is NORMAL, which may lose commits in a power cut
    db.pragma('foreign_keys = ON');
    db.pragma('wal_autocheckpoint = 1000');
    if (process.platform === 'darwin') {
      db.pragma('fullfsync = 1');
      db.pragma('checkpoint_fullfsync = 1');
    }
    return { db, discard: () => {} };
  } catch (cause) {
    db?.close();
    throw asDamage(cause);
  }
}

/**
 * Reads beside the process that writes; where the folder itself cannot be written, from a copy, as WAL needs a writable folder.
 * The database of an earlier version is read as it is now, from a copy that is brought up to date.
 */
function openReadOnly(open: OpenSqlite, folder: DataFolder, migrations: readonly string[], appVersion: string): Opened {
  let db: SqliteDatabase | undefined;
  let copy: string | null = null;
  const discard = () => {
    if (copy !== null) rmSync(copy, { recursive: true, force: true });
  };
  try {
    if (!existsSync(`${folder.database}-shm`)) {
      checkSeal(folder);
      copy = copyOfDatabase(folder);
    }
    db = open(copy === null ? folder.database : join(copy, basename(folder.database)), { readonly: copy === null });
    checkContent(db);
    if (userVersion(db) < migrations.length) {
      if (copy === null) {
        copy = mkdtempSync(join(tmpdir(), 'tessera-read-'));
        const snapshot = join(copy, basename(folder.database));
        db.prepare('VACUUM INTO ?').run(snapshot);
        db.close();
        db = open(snapshot);
      }
      migrate(db, migrations, appVersion);
    }
    db.pragma('foreign_keys = ON');
    if (copy !== null) db.pragma('query_only = ON');
    return { db, discard };
  } catch (cause) {
    db?.close();
    discard();
    throw asDamage(cause);
  }
}

function copyOfDatabase(folder: DataFolder): string {
  const copy = mkdtempSync(join(tmpdir(), 'tessera-read-'));
  for (const ending of ['', '-wal']) {
    const from = folder.database + ending;
    if (existsSync(from)) copyFileSync(from, join(copy, basename(from)));
  }
  return copy;
}

function checkContent(db: SqliteDatabase): void {
  const id = db.pragma('application_id', { simple: true });
  const isNew = id === 0 && db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (id !== applicationId && !isNew) throw new Damaged(`application_id ${String(id)}`);
  const verdict = db.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw new Damaged(String(verdict));
}

function asDamage(cause: unknown): unknown {
  const isDamage = /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(cause));
  return isDamage ? new Damaged(sqliteCode(cause), { cause }) : cause;
}

function unusable(folder: DataFolder, cause: unknown): Error {
  if (cause instanceof StudioError) return cause;
  const reason = sqliteCode(cause) || (cause instanceof Error ? cause.message : String(cause));
  return new StudioError('DATA_FOLDER_UNUSABLE', { path: folder.database, reason }, { cause });
}

// Newer schema ----------------------------------------------------------------------------------------------------------

/** Looks at the version without SQLite, because opening a database with a log already writes to it. */
function refuseNewer(open: OpenSqlite, folder: DataFolder, known: number): void {
  if (!existsSync(folder.database)) return;
  const version = Math.max(versionInHeader(folder.database), versionInLog(`${folder.database}-wal`));
  if (version <= known) return;
  throw new StudioError('DATABASE_NEWER', { path: folder.database, madeBy: readMadeBy(open, folder) });
}

const headerBytes = 100;
const versionOffset = 60;
const applicationIdOffset = 68;

function versionInHeader(path: string): number {
  const header = readFileHead(path, headerBytes);
  if (header.length < headerBytes || header.readUInt32BE(applicationIdOffset) !== applicationId) return 0;
  return header.readUInt32BE(versionOffset);
}

/**
 * The newest version in copies of page 1 that a crashed process left in the log.
 * Format: https://www.sqlite.org/fileformat.html#the_write_ahead_log
 */
function versionInLog(path: string): number {
  if (!existsSync(path)) return 0;
  const log = readFileSync(path);
  if (log.length < 32) return 0;
  const pageSize = log.readUInt32BE(8);
  if (pageSize < 512 || pageSize > 65536) return 0;
  const salt = log.readBigUInt64BE(16);
  let version = 0;
  for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize) {
    if (log.readBigUInt64BE(at + 8) !== salt) break; // frames of an earlier round
    if (log.readUInt32BE(at) === 1) version = log.readUInt32BE(at + 24 + versionOffset);
  }
  return version;
}

function readMadeBy(open: OpenSqlite, folder: DataFolder): string {
  const copy = copyOfDatabase(folder);
  try {
    const db = open(join(copy, basename(folder.database)));
    try {
      return db.prepare<[], string>('SELECT version FROM made_by').pluck().get() ?? '';
    } finally {
      db.close();
    }
  } catch {
    return ''; // a schema that no longer has the table
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

// Damage ----------------------------------------------------------------------------------------------------------------

/** Database, log and shared memory belong together: a log beside another database would destroy it. */
function moveAside(folder: DataFolder): string {
  mkdirSync(folder.damaged, { recursive: true, mode: 0o700 });
  const numbers = readdirSync(folder.damaged).map(Number).filter(Number.isInteger);
  const target = join(folder.damaged, String(Math.max(0, ...numbers) + 1));
  mkdirSync(target, { mode: 0o700 });
  for (const ending of ['-shm', '-wal', '.seal', '']) {
    const from = folder.database + ending;
    if (existsSync(from)) renameSync(from, join(target, basename(from)));
  }
  syncFolder(folder.path);
  return target;
}

function restoreNewestBackup(open: OpenSqlite, folder: DataFolder, known: number): string | null {
  for (const name of backupNames(folder).reverse()) {
    const backup = join(folder.backups, name);
    if (versionInHeader(backup) > known || !isSound(open, backup)) continue;
    const half = `${folder.database}.restoring`;
    copyFileSync(backup, half);
    syncFile(half);
    renameSync(half, folder.database);
    syncFolder(folder.path);
    return backup;
  }
  return null;
}

// Seal ------------------------------------------------------------------------------------------------------------------

function sealFile(folder: DataFolder): string {
  return `${folder.database}.seal`;
}

function checkSeal(folder: DataFolder): void {
  if (!existsSync(folder.database) || !existsSync(sealFile(folder))) return;
  const log = `${folder.database}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return;
  const expected = readFileSync(sealFile(folder), 'utf8').trim();
  if (expected.length !== 64) return; // torn by a crash while it was written: no seal
  if (sha256OfFile(folder.database) !== expected) throw new Damaged('the file differs from what was closed');
}

function breakSeal(folder: DataFolder): void {
  if (!existsSync(sealFile(folder))) return;
  rmSync(sealFile(folder));
  syncFolder(folder.path);
}

function closeSealed(db: SqliteDatabase, folder: DataFolder): void {
  db.close(); // the last connection moves the log into the database and deletes it
  try {
    const log = `${folder.database}-wal`;
    if (existsSync(log) && statSync(log).size > 0) return;
    writeFileSync(sealFile(folder), sha256OfFile(folder.database), { mode: 0o600 });
    syncFile(sealFile(folder));
  } catch {
    // A full disk: the next start does with quick_check alone.
    rmSync(sealFile(folder), { force: true });
  }
}

// Migrations and backups --------------------------------------------------------------------------------------------------

function userVersion(db: SqliteDatabase): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function migrate(db: SqliteDatabase, migrations: readonly string[], appVersion: string): void {
  const from = userVersion(db);
  const isCurrent = from === migrations.length;
  if (isCurrent && db.prepare('SELECT version FROM made_by').pluck().get() === appVersion) return;
  db.transaction(() => {
    for (const migration of migrations.slice(from)) db.exec(migration);
    db.prepare('INSERT INTO made_by VALUES (1, ?) ON CONFLICT DO UPDATE SET version = excluded.version').run(
      appVersion,
    );
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

const backupPattern = /^tessera-(\d{6,})\.sqlite$/;

/** Oldest first; numbered, because clocks step. */
function backupNames(folder: DataFolder): string[] {
  const numberOf = (name: string) => Number(backupPattern.exec(name)![1]);
  return readdirSync(folder.backups)
    .filter((name) => backupPattern.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b));
}

function isBackupDue(folder: DataFolder, now: number): boolean {
  const newest = backupNames(folder).at(-1);
  if (newest === undefined) return true;
  return Math.abs(now - statSync(join(folder.backups, newest)).mtimeMs) > backupEveryMs;
}

async function makeBackup(open: OpenSqlite, db: SqliteDatabase, folder: DataFolder): Promise<string> {
  const names = backupNames(folder);
  const number = names.length === 0 ? 1 : Number(backupPattern.exec(names.at(-1)!)![1]) + 1;
  const target = join(folder.backups, `tessera-${String(number).padStart(6, '0')}.sqlite`);
  const half = `${target}.half`;
  rmSync(half, { force: true });
  try {
    await db.backup(half);
    if (!isSound(open, half)) throw new Error('the backup does not pass its check');
    syncFile(half);
    renameSync(half, target);
    syncFolder(folder.backups);
  } finally {
    for (const ending of ['', '-wal', '-shm']) rmSync(half + ending, { force: true });
  }
  for (const name of backupNames(folder).slice(0, -keptBackups)) rmSync(join(folder.backups, name));
  return target;
}

/** Looks at every page of a copy, and makes it one file: a backup has no log. */
function isSound(open: OpenSqlite, path: string): boolean {
  try {
    const db = open(path, { fileMustExist: true });
    try {
      checkContent(db);
      db.pragma('journal_mode = DELETE');
      return true;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

// Transactions --------------------------------------------------------------------------------------------------------------

function runTransaction<T>(db: SqliteDatabase, folder: DataFolder, work: () => T): T {
  if (db.inTransaction) return work(); // part of the transaction around it
  try {
    return db.transaction(work).immediate();
  } catch (cause) {
    throw storeError(cause, folder);
  }
}

/** What a failed write means for a person. */
export function storeError(cause: unknown, folder: DataFolder): unknown {
  const code = sqliteCode(cause);
  if (code.startsWith('SQLITE_READONLY')) {
    return new StudioError('DATA_FOLDER_READ_ONLY', { path: folder.path }, { cause });
  }
  const isFull = code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && isAlmostFull(folder));
  if (isFull || isCode(cause, 'ENOSPC') || isCode(cause, 'EDQUOT')) return diskFull(folder, 1 << 20, cause);
  return cause;
}

export function diskFull(folder: DataFolder, neededBytes: number, cause?: unknown): StudioError<'DISK_FULL'> {
  const details = { path: folder.path, neededBytes, freeBytes: freeBytes(folder.path) };
  return new StudioError('DISK_FULL', details, cause === undefined ? {} : { cause });
}

function isAlmostFull(folder: DataFolder): boolean {
  return freeBytes(folder.path) < 1 << 20;
}

// Files -----------------------------------------------------------------------------------------------------------------------

export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames inside the folder durable. Windows has no such call and needs none. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const block = Buffer.allocUnsafe(1 << 20);
  try {
    for (;;) {
      const read = readSync(file, block);
      if (read === 0) return hash.digest('hex');
      hash.update(block.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

function readFileHead(path: string, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

/** Moves a file or folder into the folder `aside`, which is made; deletes it where that is null. */
export function removeOrMove(path: string, aside: string | null): void {
  if (aside === null) return rmSync(path, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  renameSync(path, join(aside, basename(path)));
}

/** Writes a small file so that it is the old one or the new one, never half of one. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const half = `${path}.half`;
  writeFileSync(half, content, { mode: 0o600 });
  syncFile(half);
  renameSync(half, path);
  syncFolder(dirname(path));
}
