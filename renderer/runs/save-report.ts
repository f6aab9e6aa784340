import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import { language } from '../language.svelte.ts';
import type { Studio } from '../studio.svelte.ts';

/** Saves the HTML report about a run, in the language of the page. */
export async function saveReport(
  studio: Pick<Studio, 'call' | 'host' | 'attempt'>,
  run: Pick<RunSummary, 'id' | 'number'>,
): Promise<void> {
  const report = studio.call('reports.run', { runId: run.id, language: language.code });
  await studio.attempt(
    report.then(({ html }) =>
      studio.host.saveFile(`run-${run.number}.html`, new Blob([html as BlobPart], { type: 'text/html' })),
    ),
  );
}

/** The same about several runs, each against the first of them. */
export async function saveComparison(
  studio: Pick<Studio, 'call' | 'host' | 'attempt'>,
  runs: readonly Pick<RunSummary, 'id' | 'number'>[],
): Promise<void> {
  const oldestFirst = runs.toSorted((a, b) => a.number - b.number);
  const report = studio.call('reports.comparison', {
    runIds: oldestFirst.map(({ id }) => id),
    language: language.code,
  });
  await studio.attempt(
    report.then(({ html }) =>
      studio.host.saveFile(
        `runs-${oldestFirst.map(({ number }) => number).join('-')}.html`,
        new Blob([html as BlobPart], { type: 'text/html' }),
      ),
    ),
  );
}
