/** Gathers what a report about a run shows. */
import { type TemplatePainter, templatePainter } from '../../core/explanation/template-painter.ts';
import { StudioError } from '../../core/errors.ts';
import { reasonSentence } from '../../core/messages/error-sentence.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { ComputeContract } from '../../core/rpc/contract/compute.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { SplitName } from '../../core/rpc/contract/common.ts';
import type { ReportedRun, ReportLanguage, ReportPicture, RunReportData } from '../report/render-run-report.ts';
import type { DatasetRepository } from '../store/dataset-repository.ts';
import type { RunRepository, StoredRun } from '../store/run-repository.ts';
import type { DecoderPool } from './decoder-pool.ts';
import type { Evaluation, Verdicts, Which } from './evaluation.ts';
import type { HelperProcess } from './helper-process.ts';

export interface ReportParts {
  readonly runs: RunRepository;
  readonly datasets: DatasetRepository;
  readonly evaluation: Evaluation;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly decoder: Pick<DecoderPool, 'encode'>;
  readonly summaryOf: (runId: string) => RunSummary;
}

/** Templates of the bank that are shown, the largest norms first, and mistakes, the surest first. */
const shownTemplates = 64;
const shownMistakes = 14;

type Templates = Output<ComputeContract, 'compute.templates'>;

/** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND. */
export async function runReport(
  parts: ReportParts,
  runId: string,
  which: Which,
  language: ReportLanguage,
  signal?: AbortSignal,
): Promise<string> {
  const { inLanguage, renderRunReport } = await import('../report/render-run-report.ts'); // components: read when needed
  const dataset = parts.datasets.open(storedRun(parts, runId).datasetId);
  const classes = inLanguage(language, () => shownClasses(dataset));
  const judgedOn = judgedSplit(dataset);
  const part = await runPart(parts, { runId, which, judgedOn, classes }, signal);
  const mistakes = await mistakesOf(parts, dataset, part.verdicts, classes);
  return renderRunReport({ ...part, dataset, classes, judgedOn, mistakes }, language);
}

/** What a report says of one run, alone or beside others. Throws RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND. */
export async function runPart(
  parts: ReportParts,
  { runId, which, judgedOn, classes }: { runId: string; which: Which; judgedOn: SplitName; classes: readonly string[] },
  signal?: AbortSignal,
): Promise<ReportedRun> {
  const { runs, evaluation, compute } = parts;
  const options = signal === undefined ? {} : { signal };
  const { path } = evaluation.checkpointOf(storedRun(parts, runId), which);
  const run = parts.summaryOf(runId);
  const verdicts = await evaluation.verdicts(runId, judgedOn, which, options);
  const templates = await compute.call('compute.templates', { model: { path }, offset: 0, limit: 2048 }, options);
  const { blocks, ...picture } = await compute.call('compute.look', { model: { path } }, options);
  return {
    run,
    epochs: runs.epochs(runId),
    templates: await templatePart(parts, templates, templatePainter(blocks, picture), classes),
    verdicts: verdicts.indices.length > 0 ? verdicts : null,
    recipeJson: JSON.stringify(run.recipe, null, 2),
  };
}

/** @throws StudioError RUN_NOT_FOUND. */
export function storedRun({ runs }: ReportParts, runId: string): StoredRun {
  const stored = runs.get(runId);
  if (stored === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
  return stored;
}

/** The split that a report judges by: the first of these that has pictures. */
export function judgedSplit({ counts }: DatasetSummary): SplitName {
  return (['test', 'validation', 'train'] as const).find((split) => (counts[split] ?? 0) > 0) ?? 'train';
}

export function shownClasses(dataset: DatasetSummary): string[] {
  return dataset.classes.map((name) => shownName(dataset, name));
}

async function templatePart(
  { decoder }: ReportParts,
  templates: Templates,
  painter: TemplatePainter,
  classes: readonly string[],
): Promise<RunReportData['templates']> {
  const { layer, total, norms, scales, sharedScale } = templates;
  const { size, shape } = painter;
  /** The parts of a mixture lie side by side: fewer and larger, for they have to be read. */
  const aspect = Math.max(1, shape.width / shape.height);
  const units = Array.from(norms.keys());
  const shown =
    layer === 'class'
      ? units
      : units.toSorted((a, b) => norms[b]! - norms[a]!).slice(0, Math.round(shownTemplates / aspect));
  const pictures = await Promise.all(
    shown.map(async (unit): Promise<ReportPicture> => {
      const weights = templates.templates.subarray(unit * size, (unit + 1) * size);
      const pixels = painter.paint(weights, layer === 'class' ? sharedScale : scales[unit]!);
      const src = await dataAddress(decoder, { ...shape, pixels });
      return { src, caption: layer === 'class' ? (classes[unit] ?? String(unit)) : String(unit), note: null };
    }),
  );
  return { layer, total, scale: layer === 'class' ? sharedScale : null, aspect, pictures };
}

async function mistakesOf(
  { datasets, decoder }: ReportParts,
  dataset: DatasetSummary,
  verdicts: Pick<Verdicts, 'indices' | 'truth' | 'predicted' | 'probabilities'> | null,
  classes: readonly string[],
): Promise<ReportPicture[]> {
  if (verdicts === null) return [];
  const { indices, truth, predicted, probabilities } = verdicts;
  const surest = Array.from(indices.keys())
    .filter((i) => truth[i] !== predicted[i])
    .toSorted((a, b) => probabilities[b]! - probabilities[a]!)
    .slice(0, shownMistakes);
  const { width, height, channels } = dataset;
  return Promise.all(
    surest.map(async (i) => {
      const pixels = datasets.pixels(dataset.id, Uint32Array.of(indices[i]!));
      const src = await dataAddress(decoder, { width, height, channels, pixels });
      const note = `${classes[predicted[i]!]!} ${(100 * probabilities[i]!).toFixed(0)} %`;
      return { src, caption: classes[truth[i]!]!, note };
    }),
  );
}

async function dataAddress(
  decoder: ReportParts['decoder'],
  picture: Parameters<DecoderPool['encode']>[0],
): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await decoder.encode(picture)).toString('base64')}`;
}

/** The classes of samples have names in every language; those of folders are a person's own. */
function shownName({ kind }: DatasetSummary, name: string): string {
  const sentence = kind === 'sample' ? reasonSentence('sample_class', { code: name, details: {} }) : '';
  return sentence === '' ? name : sentence;
}
