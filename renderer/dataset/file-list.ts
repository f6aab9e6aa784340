/** The list of a source's files, as a person takes it along. */
import type { Outcome } from '../../core/rpc/contract/common.ts';
import type { DatasetSummary, FileReport } from '../../core/rpc/contract/datasets.ts';
import { codeMessage, m } from '../messages.ts';
import type { Studio } from '../studio.svelte.ts';

const filesPerCall = 5000;

export const outcomeWords: Readonly<Record<Outcome, () => string>> = {
  imported: m.outcome_imported,
  warned: m.outcome_warned,
  rejected: m.outcome_rejected,
  skipped: m.outcome_skipped,
  ignored: m.outcome_ignored,
};

/** All entries with one outcome; null means all but the plainly imported. */
export async function loadFiles(
  studio: Pick<Studio, 'call'>,
  datasetId: string,
  outcome: Outcome | null,
  signal?: AbortSignal,
): Promise<FileReport[]> {
  const files: FileReport[] = [];
  for (;;) {
    const input = { datasetId, outcome, offset: files.length, limit: filesPerCall };
    const { files: block, total } = await studio.call('datasets.files', input, signal ? { signal } : {});
    files.push(...block);
    if (block.length === 0 || files.length >= total) return files;
  }
}

export function reasonOf(file: FileReport): string {
  return file.reason === null ? '' : codeMessage('import_reason', file.reason.code, file.reason.details);
}

/** One line a file: path, outcome, reason, with tabs between, as spreadsheets paste it. */
export function fileListAsText(files: readonly FileReport[]): string {
  return files.map((file) => [file.path, outcomeWords[file.outcome](), reasonOf(file)].join('\t')).join('\n');
}

/** With a byte order mark, so that spreadsheets read Hangul; quoted as RFC 4180 says. */
export function fileListAsCsv(files: readonly FileReport[]): string {
  const rows = files.map((file) => [file.path, file.outcome, reasonOf(file), file.label ?? '', file.split ?? '']);
  const cell = (value: string) => `"${guarded(value).replaceAll('"', '""')}"`;
  return (
    '\uFEFF' +
    [['path', 'outcome', 'reason', 'class', 'split'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n') +
    '\r\n'
  );
}

/** A spreadsheet takes a cell that begins so as a formula; names of files are data. */
function guarded(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

/** Copies every remarkable file with its reason, and says so. */
export async function copyFileList(studio: Studio, dataset: DatasetSummary): Promise<void> {
  const copy = async () => {
    await navigator.clipboard.writeText(fileListAsText(await loadFiles(studio, dataset.id, null)));
    studio.say(m.files_said_copied());
  };
  await studio.attempt(copy());
}

export async function saveFileList(studio: Studio, dataset: DatasetSummary): Promise<void> {
  const save = async () => {
    const csv = fileListAsCsv(await loadFiles(studio, dataset.id, null));
    await studio.host.saveFile(`${dataset.name}-files.csv`, new Blob([csv], { type: 'text/csv' }));
  };
  await studio.attempt(save());
}
