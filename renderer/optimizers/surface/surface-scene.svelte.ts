/** What stands on a surface: which one, who starts where with which settings, and how far they are. Only this class changes it. */
import { isStudioError } from '../../../core/errors.ts';
import { bowlOptimum } from '../../../core/landscape/bowl-optimum.ts';
import {
  type Surface,
  type SurfaceKind,
  surfaceNamed,
  surfaceOfFormula,
  type SurfacePoint,
  walk,
} from '../../../core/landscape/surfaces.ts';
import { createOptimizer } from '../../../core/optimizers/index.ts';
import { lbfgs } from '../../../core/optimizers/lbfgs.ts';
import { defaultOptimizers, type OptimizerName, type OptimizerRecipe } from '../../../core/recipe/recipe.ts';
import type { Studio } from '../../studio.svelte.ts';

export type SceneKind = SurfaceKind | 'formula';

/** As kept from one visit to the next. */
interface Kept {
  readonly kind: SceneKind;
  readonly conditionNumber: number;
  readonly formula: string;
  readonly start: readonly [number, number] | null;
  readonly chosen: readonly OptimizerName[];
  readonly selected: OptimizerName;
  readonly settings: Readonly<Partial<Record<OptimizerName, OptimizerRecipe>>>;
}

export interface Runner {
  readonly recipe: OptimizerRecipe;
  /** From the start on; shorter where it left the finite numbers or ended. */
  readonly path: readonly SurfacePoint[];
}

const first: Kept = {
  kind: 'quadratic',
  conditionNumber: 25,
  formula: 'x^2/10 + (1 + y^2)*abs(x - sin(3*y))',
  start: null,
  chosen: ['sgd', 'momentum', 'nesterov', 'adam'],
  selected: 'momentum',
  settings: {},
};
export const sceneSteps = 300;
const stepsPerSecond = 14;

export class SurfaceScene {
  /** Steps taken so far by everyone. */
  at = $state(0);
  isPlaying = $state(false);
  readonly #studio: Studio;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  readonly kept: Kept = $derived.by(() => ({
    ...first,
    ...this.#studio.view<Partial<Kept>>('optimizers.surface', {}),
  }));

  /** The surface, and what is wrong with a formula of one's own, which then leaves the last good one standing. */
  readonly #made: { surface: Surface; error: unknown } = $derived.by(() => {
    const { kind, conditionNumber, formula } = this.kept;
    if (kind !== 'formula') return { surface: surfaceNamed(kind, { conditionNumber }), error: null };
    try {
      return { surface: surfaceOfFormula(formula), error: null };
    } catch (cause) {
      if (!isStudioError(cause, 'BAD_FORMULA')) throw cause;
      return { surface: surfaceOfFormula('x^2 + y^2'), error: cause };
    }
  });
  readonly surface: Surface = $derived(this.#made.surface);
  readonly error: unknown = $derived(this.#made.error);
  readonly start: readonly [number, number] = $derived(this.kept.start ?? this.surface.start);

  readonly runners: readonly Runner[] = $derived(
    this.kept.chosen.map((name) => {
      const recipe = this.recipeOf(name);
      return { recipe, path: walk(this.surface, onSurface(recipe), this.start, sceneSteps) };
    }),
  );
  readonly selected: Runner | null = $derived(
    this.runners.find(({ recipe }) => recipe.kind === this.kept.selected) ?? this.runners[0] ?? null,
  );

  recipeOf(name: OptimizerName): OptimizerRecipe {
    const own = this.kept.settings[name];
    if (own !== undefined) return own;
    const { kind, conditionNumber } = this.kept;
    if (kind === 'quadratic' && (name === 'sgd' || name === 'momentum' || name === 'nesterov')) {
      const { learningRate, momentum } = bowlOptimum(name, conditionNumber);
      const recipe = { ...defaultOptimizers[name], learningRate: shortened(learningRate) };
      return recipe.kind === 'sgd' ? recipe : { ...recipe, momentum: shortened(momentum) };
    }
    return {
      ...defaultOptimizers[name],
      ...(name === 'rmsprop' ? { decay: 0.9 } : {}),
      learningRate: this.#rateFor(name),
    };
  }

  /** Elsewhere nobody knows the best: rates at which each does something worth seeing, a fraction of the largest stable one, or of the view for those that scale their steps. */
  #rateFor(name: OptimizerName): number {
    const { kind, conditionNumber } = this.kept;
    const plain = {
      quadratic: 1.9 / (1 + conditionNumber),
      rosenbrock: 0.001,
      beale: 0.005,
      saddle: 0.05,
      'double-well': 0.1,
      rastrigin: 0.003,
      plateau: 0.3,
      formula: 0.03,
    }[kind];
    const { x, y } = this.surface.view;
    const across = Math.min(x[1] - x[0], y[1] - y[0]);
    switch (name) {
      case 'gd':
      case 'sgd':
        return round(plain);
      case 'momentum':
      case 'nesterov':
        return round(plain / 4);
      case 'adagrad':
        return round(across / 8);
      case 'lbfgs':
        return 1;
      default:
        return round(across / 50);
    }
  }

  keep(changes: Partial<Kept>): void {
    this.#studio.setView('optimizers.surface', { ...this.kept, ...changes });
  }

  choose(kind: SceneKind): void {
    this.reset();
    this.keep({ kind, start: null, settings: {} });
  }

  set conditionNumber(conditionNumber: number) {
    this.keep({ conditionNumber, settings: {} });
  }

  startFrom(start: readonly [number, number]): void {
    this.reset();
    this.keep({ start });
  }

  change(recipe: OptimizerRecipe): void {
    this.keep({ settings: { ...this.kept.settings, [recipe.kind]: recipe } });
  }

  toggle(name: OptimizerName): void {
    const { chosen } = this.kept;
    if (!chosen.includes(name)) this.keep({ chosen: [...chosen, name], selected: name });
    else if (chosen.length > 1) this.keep({ chosen: chosen.filter((other) => other !== name) });
  }

  // One key each ----------------------------------------------------------------------------------------------------------

  step(by = 1): void {
    this.at = Math.max(0, Math.min(sceneSteps, this.at + by));
    if (this.at === sceneSteps) this.pause();
  }

  play(): void {
    if (this.at === sceneSteps) this.at = 0;
    this.isPlaying = true;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.step(), 1000 / stepsPerSecond);
  }

  pause(): void {
    this.isPlaying = false;
    clearInterval(this.#timer);
  }

  toggleplay(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  reset(): void {
    this.pause();
    this.at = 0;
  }
}

/** Three digits, rounded down: the best rate of plain descent lies at its bound. */
function shortened(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Number((Math.floor(value / unit + 1e-9) * unit).toPrecision(3));
}

/** Two digits: a number that a person can read out. */
function round(value: number): number {
  return Number(value.toPrecision(2));
}

/** The optimizer of a recipe as `walk` takes it. On a surface there is no minibatch: GD and SGD are one. */
export function onSurface(recipe: OptimizerRecipe) {
  if (recipe.kind !== 'lbfgs') return createOptimizer({ ...recipe });
  return lbfgs({
    learningRate: recipe.learningRate,
    memory: recipe.memory,
    evaluationsPerSearch: recipe.maxEvaluations,
  });
}

/** Where a runner is after k steps: it stays where its path ended. */
export function pointAt({ path }: Runner, k: number): SurfacePoint {
  return path[Math.min(k, path.length - 1)]!;
}
