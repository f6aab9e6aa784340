/** Toy points, what they are turned into, and the small classifier that learns them. Components read it; only this class changes it. */
import { matrixOf, type Matrix, zeros } from '../../core/array/matrix.ts';
import type { ActivationName } from '../../core/recipe/recipe.ts';
import { ToyClassifier, type ToyProgress } from '../../core/toy/toy-classifier.ts';
import { type ToyKind, type ToyPoints, toyPoints } from '../../core/toy/toy-data.ts';
import {
  type ToyTransform,
  toyTransform,
  type ToyTransformName,
  transformPoints,
} from '../../core/toy/toy-transform.ts';
import type { Studio } from '../studio.svelte.ts';

export const toyActivations = ['identity', 'relu', 'leaky-relu', 'tanh', 'sigmoid'] as const satisfies ActivationName[];

export interface ToySettings {
  readonly kind: ToyKind | 'drawn';
  readonly count: number;
  readonly noise: number;
  readonly seed: number;
  readonly transform: ToyTransformName;
  readonly formula: string;
  /** Hidden layers; 0 is a linear classifier. */
  readonly layers: 0 | 1 | 2;
  readonly units: number;
  readonly activation: (typeof toyActivations)[number];
}

interface DrawnPoint {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

const defaults: ToySettings = {
  kind: 'rings',
  count: 240,
  noise: 0.05,
  seed: 1,
  transform: 'plain',
  formula: 'sqrt(x^2 + y^2); x*y',
  layers: 0,
  units: 6,
  activation: 'relu',
};

/** Half the side of the square in which points lie. */
export const toyView = 2.4;
const side = 56;
const stepsPerFrame = 4;
/** Where a classifier that watches itself comes to rest. */
const mostSteps = 2000;

export class ToyLab {
  classifier = $state.raw<ToyClassifier | null>(null);
  progress = $state.raw<ToyProgress | null>(null);
  isRunning = $state(false);
  /** Counts changes of the classifier's weights, which are changed in place. */
  version = $state(0);
  error = $state.raw<unknown>(null);
  undefinedPoints = $state(0);
  points = $state.raw<ToyPoints>({ points: zeros(0, 2), labels: new Uint16Array(0) });
  features = $state.raw<Matrix>(zeros(0, 2));
  transform = $state.raw<ToyTransform>(toyTransform('plain'));
  readonly #studio: Pick<Studio, 'view' | 'setView'>;

  constructor(studio: Pick<Studio, 'view' | 'setView'>) {
    this.#studio = studio;
    this.restart();
  }

  get settings(): ToySettings {
    return { ...defaults, ...this.#studio.view<Partial<ToySettings>>('landscapes.toy', {}) };
  }

  /** A person's own points, kept until they are cleared. */
  get #drawn(): readonly DrawnPoint[] {
    return this.#studio.view<readonly DrawnPoint[]>('landscapes.toy.drawn', []);
  }

  change(changes: Partial<ToySettings>): void {
    this.#studio.setView('landscapes.toy', { ...this.settings, ...changes });
    this.restart();
  }

  /** Fresh points and fresh weights by the seed. */
  restart(): void {
    const { kind, count, noise, seed, transform, formula, layers, units, activation } = this.settings;
    this.points = kind === 'drawn' ? this.#drawnPoints() : toyPoints(kind, { count, noise, seed });
    this.error = null;
    try {
      this.transform = toyTransform(transform, formula);
    } catch (cause) {
      this.error = cause; // the last formula that was understood stays
    }
    const { features, undefinedPoints } = transformPoints(this.points.points, this.transform);
    this.features = features;
    this.undefinedPoints = this.error === null ? undefinedPoints : 0;
    const hidden = Array.from({ length: layers }, () => units);
    this.classifier =
      features.rows === 0 ? null : new ToyClassifier(features, this.points.labels, { hidden, activation, seed });
    this.progress = this.classifier?.progress() ?? null;
    this.isRunning = this.isRunning && this.classifier !== null;
    this.version++;
  }

  /** Adds a point of a person's own; training goes on with it. */
  draw(x: number, y: number, label: number): void {
    this.#studio.setView('landscapes.toy.drawn', [...this.#drawn, { x, y, label }]);
    this.restart();
  }

  clear(): void {
    this.#studio.setView('landscapes.toy.drawn', []);
    this.restart();
  }

  step(steps: number): void {
    if (this.classifier === null) return;
    this.progress = this.classifier.train(steps);
    this.version++;
    if (this.classifier.steps >= mostSteps) this.isRunning = false;
  }

  /** Trains a little with each frame until it is paused. Returns how to end it; call it in an effect. */
  run(): () => void {
    let frame = requestAnimationFrame(function next(this: void) {
      again();
    });
    const again = () => {
      if (!this.isRunning) return;
      this.step(stepsPerFrame);
      frame = requestAnimationFrame(again);
    };
    return () => cancelAnimationFrame(frame);
  }

  /** (side, side) margins over a rectangle of the plane, the first row at the lowest y. */
  fieldOfPlane(): { readonly values: Float64Array; readonly side: number } | null {
    if (this.classifier === null) return null;
    const { features } = transformPoints(gridOver([-toyView, toyView], [-toyView, toyView]), this.transform);
    return { values: this.classifier.margins(features), side };
  }

  /** The same over the first two features, where there are only two. */
  fieldOfFeatures(x: readonly [number, number], y: readonly [number, number]) {
    if (this.classifier === null || this.features.columns !== 2) return null;
    return { values: this.classifier.margins(gridOver(x, y)), side };
  }

  /** Answers of the first layer's units over the plane, (side, side) each, and which of them are dead. */
  units(of = 20): {
    readonly answers: readonly Float64Array[];
    readonly dead: readonly boolean[];
    readonly side: number;
  } {
    if (this.classifier === null || this.settings.layers === 0) return { answers: [], dead: [], side: of };
    const grid = gridOver([-toyView, toyView], [-toyView, toyView], of);
    const { answers, dead } = this.classifier.units(transformPoints(grid, this.transform).features);
    const first = answers[0]!;
    return {
      side: of,
      dead: dead[0]!,
      answers: Array.from({ length: first.columns }, (_, unit) =>
        Float64Array.from({ length: first.rows }, (_row, i) => first.data[i * first.columns + unit]!),
      ),
    };
  }

  #drawnPoints(): ToyPoints {
    const drawn = this.#drawn;
    return {
      points: matrixOf(drawn.length, 2, Float64Array.from(drawn.flatMap(({ x, y }) => [x, y]))),
      labels: Uint16Array.from(drawn, ({ label }) => label),
    };
  }
}

function gridOver(x: readonly [number, number], y: readonly [number, number], n = side): Matrix {
  const grid = zeros(n * n, 2);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      grid.data[2 * (i * n + j)] = x[0] + ((x[1] - x[0]) * j) / (n - 1);
      grid.data[2 * (i * n + j) + 1] = y[0] + ((y[1] - y[0]) * i) / (n - 1);
    }
  }
  return grid;
}
