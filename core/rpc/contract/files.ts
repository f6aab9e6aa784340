/** The browser host's way to a person's files: a folder chooser, and uploads of what was dropped on the page. */
import * as v from 'valibot';
import { bytes, Count, Id } from './common.ts';

export const uploadBlockBytes = 512 * 1024;

export const filesContract = {
  /** Folders and dataset files in one folder; null starts at the person's home. Links are not followed. Fails with FOLDER_NOT_FOUND, FOLDER_NOT_READABLE. */
  'files.list': {
    input: v.object({ path: v.nullable(v.string()) }),
    output: v.object({
      path: v.string(),
      parent: v.nullable(v.string()),
      /** Quick ways in: home, drives, recent sources. */
      roots: v.array(v.object({ name: v.string(), path: v.string() })),
      entries: v.array(
        v.object({
          name: v.string(),
          path: v.string(),
          kind: v.picklist(['folder', 'picture', 'dataset-file', 'other']),
          /** Subfolders of a folder, up to 1,000; helps to see a folder of classes. */
          subfolders: v.nullable(Count),
        }),
      ),
      /** Files beyond the first 2,000, which are not listed. */
      omitted: Count,
    }),
  },
  'files.beginUpload': { input: v.object({ name: v.string() }), output: v.object({ uploadId: Id }) },
  /** One block of one file; the next is sent when this call has returned. */
  'files.uploadBlock': {
    input: v.object({
      uploadId: Id,
      /** Path inside the dropped folder, with `/`. */
      path: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
      offset: Count,
      block: v.pipe(
        bytes,
        v.check((b) => b.length <= uploadBlockBytes, 'at most 512 KiB'),
      ),
    }),
    output: v.object({}),
  },
  /** Whole small files, many in one message: a page may send 200 messages a second and no more. */
  'files.uploadFiles': {
    input: v.object({
      uploadId: Id,
      files: v.pipe(
        v.array(v.object({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)), content: bytes })),
        v.maxLength(1000),
        v.check(
          (files) => files.reduce((sum, { content }) => sum + content.length, 0) <= uploadBlockBytes,
          'at most 512 KiB',
        ),
      ),
    }),
    output: v.object({}),
  },
  /** Ends an upload; `path` is then a source for `imports.look` or `prediction.start`. */
  'files.endUpload': { input: v.object({ uploadId: Id }), output: v.object({ path: v.string(), files: Count }) },
  'files.dropUpload': { input: v.object({ uploadId: Id }), output: v.object({}) },
} as const;
