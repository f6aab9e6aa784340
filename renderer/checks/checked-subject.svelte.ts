/** Which model a check looks at: a run as it is or before training, or a new model that nobody has trained. Only this class changes it. */
import type { ActivationName, LossName, Recipe } from '../../core/recipe/recipe.ts';
import type { CheckSubject } from '../../core/rpc/contract/checks.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import { runShown } from '../runs/trained-runs.ts';
import type { Studio } from '../studio.svelte.ts';

/** The weights to look at; a new model has only the last two. */
export type Weights = 'best' | 'last' | 'fresh' | 'zero';
export type NewModel = Recipe['model']['kind'];

export class CheckedSubject {
  readonly #studio: Studio;
  readonly #addressed: () => string | null;
  #defaults = $state.raw<{ readonly key: string; readonly recipe: Recipe } | null>(null);

  /** @param addressed  id of the run in the address. */
  constructor(studio: Studio, addressed: () => string | null) {
    this.#studio = studio;
    this.#addressed = addressed;
  }

  /** A new model instead of a run; chosen, or because there is no run yet. */
  get newModel(): NewModel | null {
    const chosen = this.#studio.view<NewModel | null>('checks.new', null);
    return chosen ?? (this.run === null && this.dataset !== null ? 'linear' : null);
  }

  /** The run of the address, as long as it has been trained. */
  get run(): RunSummary | null {
    const run = runShown(this.#studio, this.#addressed());
    return run !== null && run.epochs > 0 ? run : null;
  }

  get dataset(): DatasetSummary | null {
    return this.#studio.dataset;
  }

  get weights(): Weights {
    const weights = this.#studio.view<Weights>('checks.weights', 'best');
    return this.newModel !== null && (weights === 'best' || weights === 'last') ? 'fresh' : weights;
  }

  /** Only untrained weights can be looked at under another loss or activation. */
  get canChange(): boolean {
    return this.weights === 'fresh' || this.weights === 'zero';
  }

  get recipe(): Recipe | null {
    const base = this.newModel === null ? (this.run?.recipe ?? null) : this.#fresh;
    if (base === null || !this.canChange) return base;
    const loss = this.#studio.view<LossName | null>('checks.loss', null) ?? base.loss;
    if (base.model.kind === 'linear') return { ...base, loss };
    const activation = this.#studio.view<ActivationName | null>('checks.activation', null) ?? base.model.activation;
    return { ...base, loss, model: { ...base.model, activation } };
  }

  get subject(): CheckSubject | null {
    const { recipe, weights, run, newModel } = this;
    if (recipe === null) return null;
    if (weights === 'zero') return { kind: 'zero', recipe };
    if (newModel !== null) return { kind: 'recipe', recipe };
    if (weights !== 'fresh') return { kind: 'run', runId: run!.id, which: weights };
    return recipe === run!.recipe || same(recipe, run!.recipe)
      ? { kind: 'fresh-run', runId: run!.id }
      : { kind: 'recipe', recipe };
  }

  /** How the command line names it, where it can: `3 --fresh`. */
  get commandName(): string | null {
    const { subject, run, newModel } = this;
    if (subject === null || run === null || newModel !== null) return null;
    if ('recipe' in subject && !same(subject.recipe, run.recipe)) return null;
    return `${run.number}${subject.kind === 'fresh-run' ? ' --fresh' : subject.kind === 'zero' ? ' --zero' : ''}`;
  }

  get #fresh(): Recipe | null {
    return this.#defaults?.key === this.#freshKey ? this.#defaults.recipe : null;
  }

  get #freshKey(): string {
    return `${this.dataset?.id}/${this.dataset?.version}/${this.newModel}`;
  }

  /** Asks for the recipe of a new model; call it in an effect. */
  load(): void {
    const { dataset, newModel } = this;
    const key = this.#freshKey;
    if (dataset === null || newModel === null || this.#defaults?.key === key) return;
    this.#studio.call('training.defaults', { datasetId: dataset.id, model: newModel }).then(
      (recipe) => (this.#defaults = { key, recipe }),
      (cause: unknown) => this.#studio.showError(cause),
    );
  }

  chooseNew(model: NewModel | null): void {
    this.#studio.setView('checks.new', model);
  }

  chooseWeights(weights: Weights): void {
    this.#studio.setView('checks.weights', weights);
  }

  chooseLoss(loss: LossName): void {
    this.#studio.setView('checks.loss', loss);
  }

  chooseActivation(activation: ActivationName): void {
    this.#studio.setView('checks.activation', activation);
  }
}

function same(a: Recipe, b: Recipe): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
