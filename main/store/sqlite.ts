/** Loads the one SQLite library of the studio, after making sure that loading it cannot crash the process. */
import type Database from 'better-sqlite3';
import { StudioError } from '../../core/errors.ts';

export type SqliteDatabase = Database.Database;
export type OpenSqlite = (path: string, options?: Database.Options) => SqliteDatabase;

/** better-sqlite3 13 is built for Node-API 10; an older Node ends with a segmentation fault and no message. */
export const neededNapi = 10;

/** @throws StudioError NODE_TOO_OLD before anything native is touched. */
export async function loadSqlite(versions: NodeJS.ProcessVersions = process.versions): Promise<OpenSqlite> {
  if (Number(versions.napi ?? 0) < neededNapi) {
    throw new StudioError('NODE_TOO_OLD', { version: versions.node, needed: '22.14' });
  }
  const { default: Sqlite } = await import('better-sqlite3');
  return (path, options) => new Sqlite(path, options);
}

/** SQLite's own code (`SQLITE_CORRUPT`, …) of what was caught; empty where it is something else. */
export function sqliteCode(cause: unknown): string {
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}
