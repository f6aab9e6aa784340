/**
 * Checkpoints as files. Each is a new file, never an overwrite, and exists only once its row does:
 *
 *     1 written       to a temporary name in the run's folder (by compute)
 *     2 synced        the file's content is on disk
 *     3 renamed       to a name nothing has had before
 *     4 folder-synced the name is on disk
 *     5 committed     the row with its sha256: from here on it is a checkpoint
 *     6 pruned        all but the last two and the best are gone
 *
 * A crash after any of them leaves either the old checkpoints or the old ones and the new one. Files without a row are
 * orphans and are deleted at the next start; a row whose file does not have its hash is passed over.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../core/errors.ts';
import type { CheckpointFile } from '../../core/rpc/contract/compute.ts';
import { freeBytes, isCode } from './data-folder.ts';
import { removeOrMove, sha256OfFile, type Store, storeError, syncFile, syncFolder } from './open-store.ts';

export const checkpointSteps = ['written', 'synced', 'renamed', 'folder-synced', 'committed', 'pruned'] as const;
export type CheckpointStep = (typeof checkpointSteps)[number];

export interface StoredCheckpoint {
  readonly id: number;
  readonly runId: string;
  readonly step: number;
  readonly epoch: number;
  readonly isBest: boolean;
  /** Whole path. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly weightsSha256: string;
}

export interface CheckpointFilesOptions {
  /** Called after each step of a commit; a test ends the process in it. */
  readonly afterStep?: (step: CheckpointStep) => void;
}

const keptNewest = 2;
/** Free space that a run leaves to everything else. */
const spareBytes = 256 * 2 ** 20;

interface Row {
  id: number;
  run_id: string;
  step: number;
  epoch: number;
  is_best: number;
  file: string;
  sha256: string;
  size_bytes: number;
  weights_sha256: string;
}

export class CheckpointFiles {
  readonly #store: Store;
  readonly #afterStep: (step: CheckpointStep) => void;
  readonly #insert;
  readonly #ofRun;
  readonly #delete;
  readonly #files;
  /** What was read of each file when its hash was right. */
  readonly #sound = new Map<string, string>();

  constructor(store: Store, options: CheckpointFilesOptions = {}) {
    this.#store = store;
    this.#afterStep = options.afterStep ?? (() => {});
    const { db } = store;
    this.#insert = db.prepare<[string, number, number, number, string, string, number, string]>(
      `INSERT INTO checkpoint (run_id, step, epoch, is_best, file, sha256, size_bytes, weights_sha256)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#ofRun = db.prepare<[string], Row>('SELECT * FROM checkpoint WHERE run_id = ? ORDER BY id DESC');
    this.#delete = db.prepare<[number]>('DELETE FROM checkpoint WHERE id = ?');
    this.#files = db.prepare<[], string>('SELECT file FROM checkpoint').pluck();
  }

  /** Where compute writes a run's checkpoints before they are committed: on the same disk, so that a rename suffices. */
  folderOf(runId: string): string {
    const path = join(this.#store.folder.checkpoints, runId);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  /**
   * Commits what compute has written, together with `alongside` in the same transaction.
   *
   * @param files      oldest first.
   * @param alongside  other rows that belong to the same moment.
   * @throws StudioError DISK_FULL; CHECKPOINT_DAMAGED when a file is not what compute said. Then nothing was committed.
   */
  commit(runId: string, files: readonly CheckpointFile[], alongside: () => void = () => {}): void {
    const { folder } = this.#store;
    const placed: { file: CheckpointFile; name: string }[] = [];
    try {
      const runFolder = this.folderOf(runId);
      for (const file of files) {
        if (statSync(file.path).size !== file.sizeBytes) throw new StudioError('CHECKPOINT_DAMAGED', { run: runId });
        this.#afterStep('written');
        syncFile(file.path);
        if (sha256OfFile(file.path) !== file.sha256) throw new StudioError('CHECKPOINT_DAMAGED', { run: runId });
        this.#afterStep('synced');
        const name = `${file.step}-${randomBytes(6).toString('hex')}.checkpoint`;
        renameSync(file.path, join(runFolder, name));
        placed.push({ file, name });
        this.#afterStep('renamed');
      }
      if (files.length > 0) {
        syncFolder(runFolder);
        this.#afterStep('folder-synced');
      }
      this.#store.transaction(() => {
        for (const { file, name } of placed) {
          const { step, epoch, best, sha256, sizeBytes, weightsSha256 } = file;
          this.#insert.run(runId, step, epoch, best ? 1 : 0, `${runId}/${name}`, sha256, sizeBytes, weightsSha256);
        }
        alongside();
      });
    } catch (cause) {
      // Back to where they were, so that the same commit can be tried again when there is room.
      for (const { file, name } of placed) {
        const path = join(folder.checkpoints, runId, name);
        if (existsSync(path)) renameSync(path, file.path);
      }
      throw storeError(cause, folder);
    }
    if (files.length === 0) return;
    this.#afterStep('committed');
    this.#prune(runId);
    this.#afterStep('pruned');
  }

  /** Newest first, whether or not their files are sound. */
  list(runId: string): StoredCheckpoint[] {
    return this.#ofRun.all(runId).map((row) => this.#stored(row));
  }

  /** The newest one whose file has the hash of its row; null where there is none. */
  newestSound(runId: string): StoredCheckpoint | null {
    return this.list(runId).find((checkpoint) => this.#isSound(checkpoint)) ?? null;
  }

  /** The newest best one; where nothing was judged, the last one. */
  bestSound(runId: string): StoredCheckpoint | null {
    return (
      this.list(runId).find((checkpoint) => checkpoint.isBest && this.#isSound(checkpoint)) ?? this.newestSound(runId)
    );
  }

  /** Whether the file holds what was committed. It is read whole once; as long as it has not been touched since, that stands. */
  #isSound({ path, sizeBytes, sha256 }: StoredCheckpoint): boolean {
    try {
      const { size, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
      if (size !== BigInt(sizeBytes)) return false;
      const state = `${ino} ${mtimeNs} ${ctimeNs} ${sha256}`;
      if (this.#sound.get(path) === state) return true;
      if (sha256OfFile(path) !== sha256) return false;
      this.#sound.set(path, state);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes a run's files; its rows go with the run. Returns the bytes freed. */
  deleteAll(runId: string): number {
    const path = join(this.#store.folder.checkpoints, runId);
    const freed = this.list(runId).reduce((total, checkpoint) => total + checkpoint.sizeBytes, 0);
    rmSync(path, { recursive: true, force: true });
    return freed;
  }

  /**
   * At start: takes away files that no row names. Returns how many.
   *
   * @param aside  the folder to move them to, where the rows were lost with a damaged database; else they are deleted.
   */
  clearOrphans(aside: string | null = null): number {
    const { checkpoints } = this.#store.folder;
    const known = new Set(this.#files.all());
    let cleared = 0;
    for (const runId of readdirSync(checkpoints)) {
      const path = join(checkpoints, runId);
      if (!statSync(path).isDirectory()) continue;
      for (const name of readdirSync(path)) {
        if (known.has(`${runId}/${name}`)) continue;
        removeOrMove(join(path, name), aside === null ? null : join(aside, runId));
        cleared++;
      }
      if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
    }
    return cleared;
  }

  /**
   * Refuses to start what could not be saved.
   *
   * @param checkpointBytes  size of one checkpoint of the run.
   * @throws StudioError DISK_FULL.
   */
  requireRoom(checkpointBytes: number, otherBytes = 0, free: (path: string) => number = freeBytes): void {
    const { folder } = this.#store;
    const neededBytes = 2 * checkpointBytes + otherBytes + spareBytes;
    const available = free(folder.checkpoints);
    if (available >= neededBytes) return;
    throw new StudioError('DISK_FULL', { path: folder.path, neededBytes, freeBytes: available });
  }

  #prune(runId: string): void {
    const all = this.list(runId);
    const best = all.find((checkpoint) => checkpoint.isBest);
    const gone = all.slice(keptNewest).filter((checkpoint) => checkpoint !== best);
    if (gone.length === 0) return;
    try {
      this.#store.transaction(() => gone.forEach(({ id }) => this.#delete.run(id)));
      for (const { path } of gone) rmSync(path, { force: true });
    } catch (cause) {
      // Nothing is lost by a checkpoint too many; a full disk is met at the next commit.
      if (!isCode(cause, 'ENOSPC') && !(cause instanceof StudioError)) throw cause;
    }
  }

  #stored(row: Row): StoredCheckpoint {
    return {
      id: row.id,
      runId: row.run_id,
      step: row.step,
      epoch: row.epoch,
      isBest: row.is_best === 1,
      path: join(this.#store.folder.checkpoints, row.file),
      sha256: row.sha256,
      sizeBytes: row.size_bytes,
      weightsSha256: row.weights_sha256,
    };
  }
}
