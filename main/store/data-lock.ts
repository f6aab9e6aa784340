/**
 * One writer a data folder, whichever host it runs under.
 *
 * `lock.sqlite` is held by BEGIN EXCLUSIVE for the life of the process. The operating system lets go of it when the
 * process ends, however it ends, so there is no stale lock to judge by the age of a file or the number of a process.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { StudioError } from '../../core/errors.ts';
import type { DataFolder } from './data-folder.ts';
import { loadSqlite, sqliteCode } from './sqlite.ts';

export interface DataLock {
  release(): void;
}

/** Two that try at the same instant each hold half of the lock for a moment; this is how long one of them waits. */
const patienceMs = 500;

/**
 * @param host  what holds it, for the sentence the next one shows: `electron`, `loopback` or `cli`.
 * @throws StudioError DATA_FOLDER_IN_USE naming the holder.
 */
export async function holdDataFolder(folder: DataFolder, host: string): Promise<DataLock> {
  const open = await loadSqlite();
  const database = open(folder.lock, { timeout: patienceMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!sqliteCode(cause).startsWith('SQLITE_BUSY')) {
      throw new StudioError('DATA_FOLDER_UNUSABLE', { path: folder.lock, reason: sqliteCode(cause) }, { cause });
    }
    throw new StudioError('DATA_FOLDER_IN_USE', { path: folder.path, holder: readHolder(folder) }, { cause });
  }
  try {
    // Only for the sentence: nothing is decided by this file. A full disk must not keep the studio from starting.
    writeFileSync(holderFile(folder), JSON.stringify({ host, pid: process.pid, computer: hostname() }), {
      mode: 0o600,
    });
  } catch {
    // then the next one says "another process"
  }
  return { release: () => database.close() };
}

function holderFile(folder: DataFolder): string {
  return `${folder.path}/holder.json`;
}

/** Such as `loopback, process 4711`; empty where the holder left no note. */
function readHolder(folder: DataFolder): string {
  try {
    const { host, pid } = JSON.parse(readFileSync(holderFile(folder), 'utf8')) as { host?: unknown; pid?: unknown };
    if (typeof host === 'string' && typeof pid === 'number') return `${host}, process ${pid}`;
  } catch {
    // no note or a torn one
  }
  return '';
}
