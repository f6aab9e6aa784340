/** What was dropped on the window, and how it becomes paths that the backend can read. */
import { isStudioError, cancelled } from '../../core/errors.ts';
import { uploadBlockBytes } from '../../core/rpc/contract/files.ts';
import type { Host } from '../host/host.ts';
import type { Studio } from '../studio.svelte.ts';

export type Dropped =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  /** Known to the browser only: has to be uploaded. */
  | {
      readonly kind: 'entries';
      readonly name: string;
      readonly entries: readonly FileSystemEntry[];
      readonly files: readonly File[];
    };

export interface UploadProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Reads a drop; to be called within its event, since the browser forgets the entries after it. Null: no files in it. */
export function readDrop(transfer: DataTransfer, host: Pick<Host, 'pathsOf'>): Dropped | null {
  const paths = host.pathsOf([...transfer.files]);
  if (paths !== null) return paths.length > 0 ? { kind: 'paths', paths } : null;
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // What was not dragged from a folder, such as a picture out of another page, is a file without an entry.
  const files = entries.length > 0 ? [] : [...transfer.files];
  if (entries.length + files.length === 0) return null;
  return { kind: 'entries', name: entries.length === 1 ? entries[0]!.name : '', entries, files };
}

/** Paths on this computer; what only the browser knows is uploaded to the studio's own folder first. */
export async function pathsOfDropped(
  studio: Pick<Studio, 'call'>,
  dropped: Dropped,
  signal: AbortSignal,
  onprogress: (progress: UploadProgress) => void,
): Promise<readonly string[]> {
  if (dropped.kind === 'paths') return dropped.paths;
  const files: { path: string; file: File }[] = [];
  // A folder dropped alone is the source itself; its name becomes the upload's.
  const [only] = dropped.entries;
  const isOneFolder = dropped.entries.length === 1 && only !== undefined && only.isDirectory;
  if (isOneFolder) await collect(only, null, files, signal);
  else for (const entry of dropped.entries) await collect(entry, '', files, signal);

  for (const file of dropped.files) files.push({ path: file.name, file });

  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const { uploadId } = await studio.call('files.beginUpload', { name: dropped.name || 'dropped' }, { signal });
  try {
    let sent = 0;
    // Small files travel together: a page may send only so many messages a second.
    let batch: { path: string; content: Uint8Array<ArrayBuffer> }[] = [];
    let batchBytes = 0;
    const sendBatch = async () => {
      if (batch.length > 0) await studio.call('files.uploadFiles', { uploadId, files: batch }, { signal });
      batch = [];
      batchBytes = 0;
    };
    for (const [i, { path, file }] of files.entries()) {
      if (file.size <= uploadBlockBytes) {
        if (batchBytes + file.size > uploadBlockBytes || batch.length === 1000) await sendBatch();
        batch.push({ path, content: new Uint8Array(await file.arrayBuffer()) });
        batchBytes += file.size;
        sent += file.size;
      } else {
        for (let offset = 0; offset < file.size; offset += uploadBlockBytes) {
          const block = new Uint8Array(await file.slice(offset, offset + uploadBlockBytes).arrayBuffer());
          await studio.call('files.uploadBlock', { uploadId, path, offset, block }, { signal });
          sent += block.length;
        }
      }
      onprogress({ files: i, totalFiles: files.length, bytes: sent, totalBytes });
    }
    await sendBatch();
    onprogress({ files: files.length, totalFiles: files.length, bytes: sent, totalBytes });
    const { path } = await studio.call('files.endUpload', { uploadId }, { signal });
    return [path];
  } catch (cause) {
    if (!isStudioError(cause, 'BACKEND_LOST')) studio.call('files.dropUpload', { uploadId }).catch(() => undefined);
    throw cause;
  }
}

/** @param parent path of the folder the entry lies in, inside the upload; null for the upload's root folder itself. */
async function collect(
  entry: FileSystemEntry,
  parent: string | null,
  files: { path: string; file: File }[],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const path = parent === null ? '' : parent === '' ? entry.name : `${parent}/${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ path, file });
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader gives its entries in portions, and an empty one at the end.
    for (;;) {
      const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (portion.length === 0) break;
      for (const child of portion) await collect(child, path, files, signal);
    }
  }
}
