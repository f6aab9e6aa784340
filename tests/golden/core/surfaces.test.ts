import { describe, expect, it } from 'vitest';
import { type Surface, surfaceNamed, walk } from '../../../core/landscape/surfaces.ts';
import { lbfgs } from '../../../core/optimizers/lbfgs.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { optimizerOf, type TorchParameters } from '../../support/torch-optimizer.ts';
import { casesOfKind, expectWithin } from '../../support/within.ts';

interface PathCase extends GoldenCase {
  optimizer: string;
  params: TorchParameters;
  problem: string;
  start: number[];
  steps: number;
  expected: { theta: number[][]; f: number[]; comparableEntries: number };
}

interface LbfgsCase extends GoldenCase {
  params: { tolerance_grad: number; tolerance_change: number; history_size: number };
  problem: string;
  start: number[];
  expected: { theta: number[][]; comparableIterates: number };
}

/** Problems of one parameter are ours at y = 0, where they stay. */
const surfaces: Record<string, Surface> = {
  quadratic_cond100: surfaceNamed('quadratic', { conditionNumber: 100 }),
  rosenbrock: surfaceNamed('rosenbrock'),
  beale: surfaceNamed('beale'),
  saddle: surfaceNamed('saddle'),
  rastrigin1d: surfaceNamed('rastrigin'),
  double_well: surfaceNamed('double-well'),
};
const startOf = ([x, y = 0]: number[]) => [x!, y] as const;

// Plain L2 belongs to a loss, and a surface has none.
const cases = casesOfKind<PathCase>('optimizers', 'trajectory').filter(
  ({ problem, optimizer, params }) => problem in surfaces && (optimizer === 'AdamW' || params.weight_decay === 0),
);

describe('on the toy surfaces, as in PyTorch,', () => {
  it.each(cases)('the path is that of $id', (golden) => {
    const { problem, start, steps, expected } = golden;

    const path = walk(surfaces[problem]!, optimizerOf(golden), startOf(start), steps);

    const n = expected.comparableEntries;
    const points = path.slice(0, n).map(({ x, y }) => [x, y].slice(0, start.length));
    expectWithin(points, expected.theta.slice(0, n), toleranceOf(golden, 'theta'), 'theta');
    expectWithin(
      path.slice(0, n).map(({ loss }) => loss),
      expected.f.slice(0, n),
      toleranceOf(golden, 'f'),
      'f',
    );
  });

  it.each(casesOfKind<LbfgsCase>('optimizers', 'lbfgs').filter(({ problem }) => problem in surfaces))(
    'the path is that of $id',
    (golden) => {
      const { problem, params, start, expected } = golden;
      const { history_size: memory, tolerance_grad: gradientTolerance, tolerance_change: changeTolerance } = params;

      const minimizer = lbfgs({ memory, gradientTolerance, changeTolerance });
      const path = walk(surfaces[problem]!, minimizer, startOf(start), expected.theta.length - 1);

      const n = expected.comparableIterates;
      const points = path.slice(0, n).map(({ x, y }) => [x, y].slice(0, start.length));
      expectWithin(points, expected.theta.slice(0, n), toleranceOf(golden, 'theta'), 'theta');
    },
  );
});

it('every surface with a reference is compared', () => {
  expect(new Set(cases.map(({ problem }) => problem))).toEqual(new Set(Object.keys(surfaces)));
});
