/** The visual words that are looked at: learnt by compute, kept while the page is open. Only this class changes them. */
import { isStudioError } from '../../core/errors.ts';
import { dimensionOf } from '../../core/features/index.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import type { ImageShape } from '../../core/image/pixel-image.ts';
import type { WordFeatures } from '../../core/recipe/feature-recipe.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { Studio } from '../studio.svelte.ts';

export class WordsView {
  fitted = $state.raw<FittedFeatures<WordFeatures> | null>(null);
  isLearning = $state(false);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;
  readonly #datasetId: string;
  readonly #shape: ImageShape;
  #call: AbortController | null = null;

  constructor(studio: Pick<Studio, 'call'>, datasetId: string, shape: ImageShape) {
    this.#studio = studio;
    this.#datasetId = datasetId;
    this.#shape = shape;
  }

  async learn(options: WordFeatures): Promise<void> {
    this.#call?.abort();
    const call = new AbortController();
    this.#call = call;
    this.isLearning = true;
    this.error = null;
    try {
      const { arrays } = await this.#studio.call(
        'features.learn',
        { datasetId: this.#datasetId, features: options },
        { signal: call.signal },
      );
      if (call.signal.aborted) return;
      this.fitted = { options, shape: this.#shape, dimension: dimensionOf(options, this.#shape), arrays };
    } catch (cause) {
      if (!call.signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      if (this.#call === call) this.isLearning = false;
    }
  }

  cancel(): void {
    this.#call?.abort();
    this.isLearning = false;
  }
}

/** By studio, and by version of a dataset: learning goes on while a person is elsewhere, and what was learnt is there again. */
const views = new WeakMap<Pick<Studio, 'call'>, Map<string, WordsView>>();

/** The words of a dataset as it is now. */
export function wordsViewOf(
  studio: Pick<Studio, 'call'>,
  { id, version, width, height, channels }: DatasetSummary,
): WordsView {
  const own = views.get(studio) ?? new Map<string, WordsView>();
  views.set(studio, own);
  const view = own.get(version) ?? new WordsView(studio, id, { width, height, channels });
  own.set(version, view);
  return view;
}
