/** What becomes of a network as one of its hidden layers gets smaller, as the Templates place shows it. */
import { isStudioError } from '../../core/errors.ts';
import { unitsLeft } from '../../core/explanation/smaller-network.ts';
import type { PruningCriterion } from '../../core/recipe/recipe.ts';
import type { Pruning } from '../../core/rpc/contract/explanation.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { Studio } from '../studio.svelte.ts';
import type { Which } from './templates-view.svelte.ts';

export class PruningView {
  study = $state.raw<Pruning | null>(null);
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;
  readonly runId: string;
  readonly which: Which;
  readonly layer: number;

  constructor(studio: Pick<Studio, 'call'>, runId: string, which: Which, layer: number) {
    this.#studio = studio;
    this.runId = runId;
    this.which = which;
    this.layer = layer;
  }

  async load(signal: AbortSignal): Promise<void> {
    const { runId, which, layer } = this;
    const onprogress = (progress: { done: number; total: number }) => (this.progress = progress);
    try {
      this.study = await this.#studio.call('explanation.pruning', { runId, which, layer }, { signal, onprogress });
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      this.progress = null;
    }
  }
}

/** The curve of one way to choose. */
export function curveOf({ curves }: Pruning, by: PruningCriterion): Pruning['curves'][number] {
  return curves.find((curve) => curve.by === by)!;
}

/** Accuracy at a size between those that were tried, on a straight line; null outside. */
export function accuracyAt({ kept, accuracy }: Pruning['curves'][number], units: number): number | null {
  for (let i = 0; i < kept.length; i++) {
    if (kept[i]! === units) return accuracy[i]!;
    if (i > 0 && kept[i]! < units && units < kept[i - 1]!) {
      const share = (units - kept[i]!) / (kept[i - 1]! - kept[i]!);
      return accuracy[i]! + share * (accuracy[i - 1]! - accuracy[i]!);
    }
  }
  return null;
}

/** The smallest size tried that is not worse than the whole layer by more than `most`. */
export function smallestWithin({ kept, accuracy }: Pruning['curves'][number], most: number): number {
  let smallest = kept[0]!;
  for (let i = 1; i < kept.length && accuracy[i]! >= accuracy[0]! - most; i++) smallest = kept[i]!;
  return smallest;
}

/** Units from the one that stays longest to the one that goes first. */
export function lastToFirst({ order }: Pruning['curves'][number], units: number): Uint32Array<ArrayBuffer> {
  const stays = unitsLeft(units, order, order.length);
  return Uint32Array.from([...stays, ...order.toReversed()]);
}

/** Runs that were made from this one, newest first. */
export function madeFrom(runs: readonly RunSummary[], runId: string): RunSummary[] {
  return runs
    .filter(({ recipe, inTrash }) => recipe.start?.run === runId && !inTrash)
    .toSorted((a, b) => b.number - a.number);
}

/** Weights and biases left when hidden layers of `before` units have `after`. */
export function parametersWith(
  parameters: number,
  classes: number,
  before: readonly number[],
  after: readonly number[],
): number {
  // All together (d + 1)·h₁ + (h₁ + 1)·h₂ + … + (h_L + 1)·c, of which d alone is not known here.
  const above = (hidden: readonly number[]) =>
    hidden.reduce((sum, units, l) => sum + (units + 1) * (hidden[l + 1] ?? classes), 0);
  const perUnit = (parameters - above(before)) / before[0]!;
  return perUnit * after[0]! + above(after);
}
