/** Gathers what a report about several runs shows: each by itself, and each against the first. */
import type { ComparisonReportData, ReportLanguage } from '../report/render-run-report.ts';
import { pairedRuns } from './paired-runs.ts';
import type { Which } from './evaluation.ts';
import { judgedSplit, type ReportParts, runPart, shownClasses, storedRun } from './run-report.ts';

/** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, RUNS_DIFFER. */
export async function comparisonReport(
  parts: ReportParts,
  runIds: readonly string[],
  which: Which,
  language: ReportLanguage,
  signal?: AbortSignal,
): Promise<string> {
  const { inLanguage, renderComparisonReport } = await import('../report/render-run-report.ts'); // components: read when needed
  const [first, ...others] = [...new Set(runIds)] as [string, ...string[]];
  const dataset = parts.datasets.open(storedRun(parts, first).datasetId);
  const classes = inLanguage(language, () => shownClasses(dataset));
  const judgedOn = judgedSplit(dataset);
  const pairs: ComparisonReportData['pairs'][number][] = [];
  for (const after of others) {
    const watching = signal === undefined ? {} : { signal };
    pairs.push(await pairedRuns(parts, { before: first, after, on: judgedOn, which }, watching));
  }
  const runs: ComparisonReportData['runs'][number][] = [];
  for (const runId of [first, ...others]) {
    runs.push(await runPart(parts, { runId, which, judgedOn, classes }, signal));
  }
  return renderComparisonReport({ dataset, classes, judgedOn, runs, pairs }, language);
}
