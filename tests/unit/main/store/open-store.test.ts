import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataFolder, type DataFolder } from '../../../../main/store/data-folder.ts';
import { migrations } from '../../../../main/store/migrations/index.ts';
import { openStore, sha256OfFile, type Store } from '../../../../main/store/open-store.ts';
import { loadSqlite } from '../../../../main/store/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let path: string;
let folder: DataFolder;

beforeEach(() => {
  path = temporaryFolder('store');
  folder = prepareDataFolder(path).folder;
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

function open(more: Partial<Parameters<typeof openStore>[0]> = {}): Promise<Store> {
  return openStore({ folder, readOnly: false, appVersion: '0.1.0', ...more });
}

function put(store: Store, key: string, value: string): void {
  store.transaction(() => store.db.prepare('INSERT INTO view_state VALUES (?, ?)').run(key, JSON.stringify(value)));
}

function values(store: Store): unknown[] {
  return store.db.prepare('SELECT value FROM view_state ORDER BY key').pluck().all();
}

describe('a store that is opened', () => {
  it('commits durably, checks foreign keys and knows its file again', async () => {
    const store = await open();

    expect(store.db.pragma('synchronous', { simple: true })).toBe(2);
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(store.db.pragma('user_version', { simple: true })).toBe(migrations.length);
    store.close();
    expect(readFileSync(folder.database).subarray(68, 72).toString()).toBe('TESS');
  });

  it('has strict tables only', async () => {
    const store = await open();

    const lax = store.db
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
      .pluck()
      .all()
      .filter((name) => !String(name).startsWith('sqlite_'));
    store.close();

    expect(lax).toEqual([]);
  });

  it('keeps what was written over a close, and leaves no log behind', async () => {
    const first = await open();
    put(first, 'a', 'one');
    first.close();

    const second = await open();

    expect(values(second)).toEqual(['"one"']);
    second.tidy();
    expect(statSync(`${folder.database}-wal`).size).toBe(0);
    second.close();
    expect(existsSync(`${folder.database}-wal`)).toBe(false);
  });

  it('writes nothing of a transaction that throws', async () => {
    const store = await open();

    expect(() =>
      store.transaction(() => {
        put(store, 'a', 'one');
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');

    expect(values(store)).toEqual([]);
    store.close();
  });

  it('reads beside the writer, and refuses to write with a sentence', async () => {
    const writer = await open();
    put(writer, 'a', 'one');

    const reader = await open({ readOnly: true });

    expect(values(reader)).toEqual(['"one"']);
    put(writer, 'b', 'two');
    expect(values(reader)).toEqual(['"one"', '"two"']);
    expect(() => put(reader, 'c', 'three')).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_READ_ONLY' }));
    reader.close();
    writer.close();
  });
});

describe('a database of an earlier studio', () => {
  it.each([true, false])('is read as if it were of now, and stays as it is, held by a writer: %s', async (isHeld) => {
    const earlier = migrations.slice(0, 1);
    const writer = await open({ migrations: earlier, appVersion: '0.0.1' });
    put(writer, 'a', 'one');
    if (!isHeld) writer.close();

    const reader = await open({ readOnly: true });

    expect(values(reader)).toEqual(['"one"']);
    expect(reader.db.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(() => put(reader, 'b', 'two')).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_READ_ONLY' }));
    reader.close();
    if (isHeld) writer.close();
    const again = (await loadSqlite())(folder.database, { readonly: true });
    expect(again.pragma('user_version', { simple: true })).toBe(earlier.length);
    again.close();
  });
});

describe('a database of a newer studio', () => {
  it('is refused with the version that made it, and not one byte changes', async () => {
    const newer = [...migrations, 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;'];
    (await open({ migrations: newer, appVersion: '9.9.9' })).close();
    const before = sha256OfFile(folder.database);

    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_NEWER', details: { madeBy: '9.9.9' } });

    expect(sha256OfFile(folder.database)).toBe(before);
    expect(readdirSync(path)).not.toContain('tessera.sqlite-wal');
  });

  it('is recognised also when the newer studio was killed and the version is in the log only', async () => {
    (await open()).close();
    const newer = await open({
      migrations: [...migrations, 'CREATE TABLE later (x INTEGER) STRICT;'],
      appVersion: '9.9.9',
    });
    const other = temporaryFolder('store-killed');
    for (const ending of ['', '-wal']) cpSync(folder.database + ending, join(other, `tessera.sqlite${ending}`));
    newer.close();
    const killed = prepareDataFolder(other).folder;
    const before = sha256OfFile(killed.database);

    await expect(open({ folder: killed })).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      details: { madeBy: '9.9.9' },
    });

    expect(sha256OfFile(killed.database)).toBe(before);
    rmSync(other, { recursive: true });
  });
});

describe('a migration', () => {
  it('is preceded by a backup and is all or nothing', async () => {
    const store = await open();
    put(store, 'a', 'one');
    store.close();
    const broken = [...migrations, 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT; SELECT nonsense FROM nowhere;'];

    await expect(open({ migrations: broken })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });

    expect(readdirSync(folder.backups)).toEqual(['tessera-000001.sqlite']);
    const again = await open();
    expect(values(again)).toEqual(['"one"']);
    expect(again.db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").pluck().get()).toBe(0);
    again.close();
  });
});

describe('backups', () => {
  it('are made once a day, verified, and five are kept', async () => {
    (await open()).close();
    for (let day = 1; day <= 7; day++) {
      const store = await open({ now: () => Date.now() + day * 25 * 3600 * 1000 });
      put(store, String(day), 'x');
      store.close();
    }
    (await open({ now: () => Date.now() + 1000 })).close();

    const names = readdirSync(folder.backups).sort();

    expect(names).toEqual([3, 4, 5, 6, 7].map((n) => `tessera-00000${n}.sqlite`));
    const sqlite = await loadSqlite();
    const newest = sqlite(join(folder.backups, names.at(-1)!), { readonly: true });
    expect(newest.prepare('SELECT count(*) FROM view_state').pluck().get()).toBe(6); // made at the start of day 7
    newest.close();
  });
});

describe('the reserve for a full disk', () => {
  it('is kept beside the database, and what makes room may use it up', async () => {
    const store = await open();
    expect(statSync(join(path, 'reserve')).size).toBe(8 * 2 ** 20);
    let isFull = true;
    const work = () => {
      if (isFull) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return 'deleted';
    };

    // There is room on this disk, so the reserve stays and the failure is told.
    expect(() => store.urgentTransaction(work)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }));
    expect(existsSync(join(path, 'reserve'))).toBe(true);
    isFull = false;
    expect(store.urgentTransaction(work)).toBe('deleted');
    store.close();
  });
});

describe('a damaged database', () => {
  it('is moved aside with its log and the newest sound backup takes its place', async () => {
    const store = await open();
    put(store, 'a', 'one');
    await store.backup();
    put(store, 'b', 'two');
    await store.backup();
    store.close();
    writeFileSync(join(folder.backups, 'tessera-000002.sqlite'), 'no database');
    truncateSync(folder.database, 5000);
    const damaged = sha256OfFile(folder.database);

    const reopened = await open();

    expect(values(reopened)).toEqual(['"one"']);
    expect(reopened.recovery?.restoredBackup).toBe(join(folder.backups, 'tessera-000001.sqlite'));
    expect(sha256OfFile(join(reopened.recovery!.movedTo, 'tessera.sqlite'))).toBe(damaged);
    reopened.close();
    const later = await open();
    expect(later.recovery).toBeNull();
    later.close();
  });

  it('is replaced by an empty one where there is no backup', async () => {
    writeFileSync(folder.database, Buffer.alloc(9000, 7));

    const store = await open();

    expect(store.recovery?.restoredBackup).toBeNull();
    expect(values(store)).toEqual([]);
    store.close();
  });

  it('never opens in silence after one flipped bit or a truncation, wherever it is', { timeout: 60_000 }, async () => {
    const store = await open();
    for (let i = 0; i < 200; i++) put(store, `key ${i}`, `value ${i}`.repeat(20));
    const expected = values(store);
    await store.backup();
    store.close();
    const original = readFileSync(folder.database);
    const seal = readFileSync(`${folder.database}.seal`);
    const random = seededNumbers(8);

    for (let flip = 0; flip < 60; flip++) {
      const bytes = Buffer.from(original);
      const at = random() % bytes.length;
      bytes[at] = bytes[at]! ^ (1 << (random() % 8));
      writeFileSync(folder.database, flip < 50 ? bytes : original.subarray(0, at));
      writeFileSync(`${folder.database}.seal`, seal);

      const reopened = await open();

      expect(reopened.recovery, `at ${at}`).not.toBeNull();
      expect(values(reopened)).toEqual(expected);
      reopened.close();
      rmSync(folder.damaged, { recursive: true });
    }
  });

  it('would be opened in silence without the seal: the check sees what quick_check cannot', async () => {
    const store = await open();
    put(store, 'key', 'value'.repeat(20));
    store.close();
    const bytes = readFileSync(folder.database);
    const at = bytes.indexOf('valuevalue');
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(folder.database, bytes);
    rmSync(`${folder.database}.seal`);

    const reopened = await open();

    expect(reopened.recovery).toBeNull();
    expect(values(reopened)).not.toEqual([JSON.stringify('value'.repeat(20))]);
    reopened.close();
  });
});

it('says that Node is too old before anything native is loaded', async () => {
  await expect(loadSqlite({ ...process.versions, napi: '9', node: '20.19.2' })).rejects.toMatchObject({
    code: 'NODE_TOO_OLD',
    details: { version: '20.19.2' },
  });
});

/** Numbers in [0, 2³¹) of a small linear congruential generator, the same in every run. */
function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >>> 3;
}
