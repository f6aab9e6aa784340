/** How templates of a run are drawn: as pixels, or in the features' own pictures. */
import { isStudioError } from '../../core/errors.ts';
import { type TemplatePainter, templatePainter } from '../../core/explanation/template-painter.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { Studio } from '../studio.svelte.ts';
import type { Which } from './templates-view.svelte.ts';

export class TemplateLook {
  /** null until it is known; of pixels it is known at once. */
  painter = $state.raw<TemplatePainter | null>(null);
  error = $state.raw<unknown>(null);
  /** Templates are pictures that can be compared with pictures. */
  readonly isPixels: boolean;
  readonly #studio: Pick<Studio, 'call'>;
  readonly #run: RunSummary;
  readonly #which: Which;

  constructor(studio: Pick<Studio, 'call' | 'datasets'>, run: RunSummary, which: Which) {
    this.#studio = studio;
    this.#run = run;
    this.#which = which;
    const dataset = studio.datasets.find(({ id }) => id === run.datasetId);
    this.isPixels = seesPixels(run.recipe.features);
    if (this.isPixels && dataset !== undefined) {
      const { width, height, channels } = dataset;
      const shape = { width, height, channels };
      this.painter = templatePainter(
        [{ options: run.recipe.features[0]!, dimension: width * height * channels }],
        shape,
      );
    }
  }

  async load(signal: AbortSignal): Promise<void> {
    if (this.painter !== null) return;
    try {
      const { blocks, ...shape } = await this.#studio.call(
        'explanation.look',
        { runId: this.#run.id, which: this.#which },
        { signal },
      );
      this.painter = templatePainter(blocks, shape);
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    }
  }
}
