import type { filesContract } from '../../../core/rpc/contract/files.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import { listFolder, machineRoots } from '../folder-listing.ts';
import type { UploadStaging } from '../upload-staging.ts';

export interface FilesHandlersOptions {
  readonly uploads: UploadStaging;
  /** Paths that datasets came from, newest first. */
  readonly recentSources: () => readonly string[];
  /** Folders below which one may look. */
  readonly roots?: readonly string[];
}

export function filesHandlers({ uploads, recentSources, roots = machineRoots() }: FilesHandlersOptions) {
  return {
    'files.list': ({ path }) => listFolder(path, roots, recentSources()),
    'files.beginUpload': async ({ name }) => ({ uploadId: await uploads.begin(name) }),
    'files.uploadBlock': async ({ uploadId, path, offset, block }) => {
      await uploads.write(uploadId, path, offset, block);
      return {};
    },
    'files.uploadFiles': async ({ uploadId, files }) => {
      for (const { path, content } of files) await uploads.write(uploadId, path, 0, content);
      return {};
    },
    'files.endUpload': ({ uploadId }) => uploads.end(uploadId),
    'files.dropUpload': async ({ uploadId }) => {
      await uploads.drop(uploadId);
      return {};
    },
  } satisfies Handlers<typeof filesContract>;
}
