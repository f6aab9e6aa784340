/** Checkpoints on disk: written to the staging folder and made durable; the store renames and commits them. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import * as v from 'valibot';
import { StudioError } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { CheckpointFile } from '../../core/rpc/contract/compute.ts';
import { RecipeSchema } from '../../core/rpc/contract/recipe.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../core/training/checkpoint.ts';

/** Room that has to be left beside two checkpoints before a run begins. */
const spareBytes = 256 * 2 ** 20;

/** @throws StudioError CHECKPOINT_DAMAGED for whatever is not a checkpoint. */
export function readCheckpoint(path: string): Checkpoint {
  let file: Uint8Array;
  try {
    file = readFileSync(path);
  } catch (cause) {
    throw new StudioError('CHECKPOINT_DAMAGED', { run: basename(path) }, { cause });
  }
  return decodeCheckpoint(file, basename(path), readRecipe);
}

/**
 * Writes a new file and returns when it is on disk.
 *
 * @throws StudioError DISK_FULL, FILE_NOT_WRITTEN; the unfinished file is removed.
 */
export function writeCheckpoint(folder: string, jobId: string, checkpoint: Checkpoint, best: boolean): CheckpointFile {
  const bytes = encodeCheckpoint(checkpoint);
  const { step, epoch, cursor, engine } = checkpoint.state;
  const path = join(folder, `${jobId}-${step}-${process.pid}-${threadId}-${++filesWritten}.checkpoint`);
  try {
    const file = openSync(path, 'wx');
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    rmSync(path, { force: true });
    throw writeError(cause, folder, bytes.length);
  }
  return {
    path,
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
    step,
    epoch: cursor === 0 ? epoch - 1 : epoch,
    best,
    weightsSha256: weightsSha256(engine.parameters),
  };
}
let filesWritten = 0;

/** Throws DISK_FULL unless two checkpoints of this size and a reserve fit. */
export function requireSpace(folder: string, checkpointBytes: number): void {
  const neededBytes = 2 * checkpointBytes + spareBytes;
  const freeBytes = freeBytesOf(folder);
  if (freeBytes < neededBytes) throw new StudioError('DISK_FULL', { path: folder, neededBytes, freeBytes });
}

/** Of the float32 parameters, little-endian, in the order of the model's blocks. */
export function weightsSha256(parameters: Float32Array): string {
  return sha256(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readRecipe(value: unknown): Recipe | null {
  const parsed = v.safeParse(RecipeSchema, value);
  return parsed.success ? parsed.output : null;
}

function writeError(cause: unknown, folder: string, neededBytes: number): StudioError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError('DISK_FULL', { path: folder, neededBytes, freeBytes: freeBytesOf(folder) }, { cause });
  }
  return new StudioError('FILE_NOT_WRITTEN', { path: folder, reason: code ?? String(cause) }, { cause });
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
