/** The recipe a person is writing. It starts from the backend's defaults or from an earlier run; only this class changes it. */
import * as v from 'valibot';
import { forOptimizer, needsFullBatch, type Noise } from '../../core/recipe/for-optimizer.ts';
import { defaultMlp, defaultOptimizers, type OptimizerName, type Recipe } from '../../core/recipe/recipe.ts';
import { RecipeSchema } from '../../core/rpc/contract/recipe.ts';
import type { Studio } from '../studio.svelte.ts';

type Mlp = Extract<Recipe['model'], { kind: 'mlp' }>;

export class RecipeDraft {
  recipe = $state.raw<Recipe | null>(null);
  isStarting = $state(false);
  /** What the choice of the optimizer has turned off. */
  turnedOff = $state.raw<readonly Noise[]>([]);
  /** The recipe before an optimizer of full batches was chosen. */
  #minibatch: Recipe | null = null;
  /** The hidden layers of the MLP while the model is linear. */
  #mlp: Mlp = defaultMlp;
  readonly #studio: Studio;
  readonly #datasetId: string;

  constructor(studio: Studio, datasetId: string) {
    this.#studio = studio;
    this.#datasetId = datasetId;
  }

  get #key(): string {
    return `train.draft.${this.#datasetId}`;
  }

  /** What was written before, or the defaults for this dataset. */
  async load(): Promise<void> {
    const defaults = await this.#studio.call('training.defaults', { datasetId: this.#datasetId, model: 'linear' });
    const kept = v.safeParse(RecipeSchema, this.#studio.view<unknown>(this.#key, null)); // of an earlier version, perhaps
    this.recipe = kept.success ? { ...kept.output, dataset: defaults.dataset } : defaults;
    if (this.recipe.model.kind === 'mlp') this.#mlp = this.recipe.model;
  }

  async reset(): Promise<void> {
    this.#studio.setView(this.#key, null);
    await this.load();
  }

  change(changes: Partial<Recipe>): void {
    if (this.recipe === null) return;
    this.recipe = { ...this.recipe, ...changes };
    this.#studio.setView(this.#key, this.recipe);
  }

  /** Values that are still the old model's defaults become those of the new one; what a person chose stays. */
  async chooseModel(kind: Recipe['model']['kind']): Promise<void> {
    const before = this.recipe;
    if (before === null || before.model.kind === kind) return;
    const both = await this.#studio.attempt(
      Promise.all([this.#defaults(before.model.kind, before.features), this.#defaults(kind, before.features)]),
    );
    const now = this.recipe;
    if (both === null || now === null) return;
    const [old, fresh] = both;
    this.change({
      model: kind === 'linear' ? { kind: 'linear' } : this.#mlp,
      l2: now.l2 === old.l2 ? fresh.l2 : now.l2,
      optimizer: JSON.stringify(now.optimizer) === JSON.stringify(old.optimizer) ? fresh.optimizer : now.optimizer,
    });
  }

  /** The learning rate of the defaults goes with what the model sees; one that a person chose stays. */
  async chooseFeatures(features: Recipe['features']): Promise<void> {
    const before = this.recipe;
    if (before === null) return;
    this.change({ features });
    const model = before.model.kind;
    const both = await this.#studio.attempt(
      Promise.all([this.#defaults(model, before.features), this.#defaults(model, features)]),
    );
    if (both === null || this.recipe?.features !== features) return;
    const [old, fresh] = both;
    if (JSON.stringify(this.recipe.optimizer) === JSON.stringify(old.optimizer)) {
      this.change({ optimizer: fresh.optimizer });
    }
  }

  #defaults(model: Recipe['model']['kind'], features: Recipe['features']): Promise<Recipe> {
    return this.#studio.call('training.defaults', { datasetId: this.#datasetId, model, features: [...features] });
  }

  changeMlp(changes: Partial<Omit<Mlp, 'kind'>>): void {
    const mlp = { ...this.#mlp, ...changes };
    const layers = mlp.hidden.length;
    this.#mlp = { ...mlp, activation: fitted(mlp.activation, layers), dropout: fitted(mlp.dropout, layers) };
    this.change({ model: this.#mlp });
  }

  /** Each optimizer comes with the learning rate that suits it; the defaults know one for this model. */
  async chooseOptimizer(kind: OptimizerName): Promise<void> {
    if (this.recipe === null) return;
    const model = this.recipe.model.kind;
    const defaults = await this.#studio.attempt(this.#defaults(model, this.recipe.features));
    if (defaults === null) return;
    const before = this.recipe;
    if (needsFullBatch({ kind }) && !needsFullBatch(before.optimizer)) this.#minibatch = before;
    const isBack = !needsFullBatch({ kind }) && needsFullBatch(before.optimizer);
    const { batchSize, epochs, augmentation, model: network } = this.#minibatch ?? defaults;
    // What an optimizer of full batches had turned off comes back with one that allows it.
    const from = isBack ? { ...before, batchSize, epochs, augmentation } : before;
    const dropout = network.kind === 'mlp' ? network.dropout : 0;
    const fits = typeof dropout === 'number' || dropout.length === this.#mlp.hidden.length;
    const optimizer = defaults.optimizer.kind === kind ? defaults.optimizer : defaultOptimizers[kind];
    const { recipe, turnedOff } = forOptimizer(from, optimizer);
    this.turnedOff = turnedOff;
    if (recipe.model.kind !== 'mlp') return this.change(recipe);
    this.#mlp = isBack && fits ? { ...recipe.model, dropout } : recipe.model;
    this.change({ ...recipe, model: this.#mlp });
  }

  /** Lets L-BFGS have noise all the same; without leave, what it cannot have goes again. */
  allowMinibatch(allowMinibatch: boolean): void {
    if (this.recipe?.optimizer.kind !== 'lbfgs') return;
    const optimizer = { ...this.recipe.optimizer, allowMinibatch };
    if (allowMinibatch) return this.change({ optimizer });
    const { recipe } = forOptimizer(this.recipe, optimizer);
    if (recipe.model.kind === 'mlp') this.#mlp = recipe.model;
    this.change(recipe);
  }

  changeStopping(changes: Partial<Recipe['stopping']>): void {
    if (this.recipe) this.change({ stopping: { ...this.recipe.stopping, ...changes } });
  }

  async start(): Promise<string | null> {
    if (this.recipe === null || this.isStarting) return null;
    this.isStarting = true;
    const started = await this.#studio.attempt(this.#studio.call('training.start', { recipe: this.recipe }));
    if (started !== null) {
      await this.#studio.attempt(this.#studio.refreshRuns());
      this.#studio.openRun(started.runId);
    }
    this.isStarting = false;
    return started?.runId ?? null;
  }
}

/** A value of each layer follows their number: a new layer is like the last one. */
function fitted<Value extends string | number>(
  value: Value | readonly Value[],
  layers: number,
): Value | readonly Value[] {
  if (typeof value !== 'object') return value;
  return Array.from({ length: layers }, (_, i) => value[Math.min(i, value.length - 1)]!);
}

/** Makes a run's recipe the draft of its dataset, for a variant. */
export function draftFrom(studio: Studio, datasetId: string, recipe: Recipe): void {
  studio.setView(`train.draft.${datasetId}`, recipe);
}
