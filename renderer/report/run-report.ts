/** What reports about runs are made of. Pictures are `data:` addresses, so that the file needs nothing else. */
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { PairedRuns, Verdicts } from '../../core/rpc/contract/explanation.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { EpochRecord } from '../../core/rpc/contract/training.ts';
import { percent } from '../format.ts';

export interface ReportPicture {
  readonly src: string;
  /** Under the picture; for a template of a class its name, for one of a unit its number. */
  readonly caption: string;
  /** A second line, where there is one. */
  readonly note: string | null;
}

/** What a report says of one run. */
export interface ReportedRun {
  readonly run: RunSummary;
  readonly epochs: readonly EpochRecord[];
  readonly templates: {
    readonly layer: 'class' | 'hidden';
    /** Of all units; the pictures may be fewer. */
    readonly total: number;
    /** The weight that is white where all share one scale; null where each has its own. */
    readonly scale: number | null;
    /** Width of a picture over its height, at least 1. */
    readonly aspect: number;
    readonly pictures: readonly ReportPicture[];
  } | null;
  /** Null where no pictures were left to judge. */
  readonly verdicts: Verdicts | null;
  /** The recipe as `tessera train --recipe` reads it. */
  readonly recipeJson: string;
}

interface ReportedData {
  readonly dataset: DatasetSummary;
  /** Names of the classes in the report's language. */
  readonly classes: readonly string[];
  readonly judgedOn: 'test' | 'validation' | 'train';
}

export interface RunReportData extends ReportedRun, ReportedData {
  /** The surest mistakes. */
  readonly mistakes: readonly ReportPicture[];
}

export interface ComparisonReportData extends ReportedData {
  readonly runs: readonly ReportedRun[];
  /** Each run but the first, after the first. */
  readonly pairs: readonly PairedRuns[];
}

/** An interval of shares in words. */
export function intervalWords(range: readonly [number, number] | null): string {
  return range === null ? '–' : `${percent(range[0])} – ${percent(range[1])}`;
}
