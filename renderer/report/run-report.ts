/** What a report about a run is made of. Pictures are `data:` addresses, so that the file needs nothing else. */
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { Verdicts } from '../../core/rpc/contract/explanation.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { EpochRecord } from '../../core/rpc/contract/training.ts';

export interface ReportPicture {
  readonly src: string;
  /** Under the picture; for a template of a class its name, for one of a unit its number. */
  readonly caption: string;
  /** A second line, where there is one. */
  readonly note: string | null;
}

export interface RunReportData {
  readonly run: RunSummary;
  readonly dataset: DatasetSummary;
  /** Names of the classes in the report's language. */
  readonly classes: readonly string[];
  readonly epochs: readonly EpochRecord[];
  readonly templates: {
    readonly layer: 'class' | 'hidden';
    /** Of all units; the pictures may be fewer. */
    readonly total: number;
    /** The weight that is white where all share one scale; null where each has its own. */
    readonly scale: number | null;
    readonly pictures: readonly ReportPicture[];
  } | null;
  /** Null where no pictures were left to judge. */
  readonly verdicts: Verdicts | null;
  readonly judgedOn: 'test' | 'validation' | 'train';
  /** The surest mistakes. */
  readonly mistakes: readonly ReportPicture[];
  /** The recipe as `tessera train --recipe` reads it. */
  readonly recipeJson: string;
}
