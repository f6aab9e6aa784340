/** The gradient against differences, block by block, in a thread: see core/gradient-check. */
import { norm } from '../../../core/array/linear-algebra.ts';
import { checkGradient, chosenEntries, gradientThresholds } from '../../../core/gradient-check/gradient-check.ts';
import {
  differencePrecisions,
  differenceSchemes,
  errorByStepSize,
} from '../../../core/gradient-check/numeric-gradient.ts';
import { mistakenGradient, spoils } from '../../../core/gradient-check/planted-mistakes.ts';
import { checkSecondDerivatives } from '../../../core/gradient-check/second-derivative-check.ts';
import type { Objective, ParameterBlock } from '../../../core/models/classifier.ts';
import { hessianAt } from '../../../core/models/hessian.ts';
import { activations } from '../../../core/models/layers/activation.ts';
import { blockOf, penaltyOf } from '../../../core/models/parameters.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel, type CheckedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { finite } from './finite.ts';
import { Work } from './work.ts';

type GradientReport = TaskOutput<'compute.checkGradient'>;

/** h of the V-curve, 1e-1 … 1e-12, and how many entries it is measured on. */
const curveSteps = Array.from({ length: 23 }, (_, k) => 10 ** (-1 - k / 2));
const curveEntries = 12;

export function checkGradientTask(
  input: TaskInput<'compute.checkGradient'>,
  context: TaskContext<'compute.checkGradient'>,
): GradientReport {
  const { entriesPerBlock, order, step, burnIn, mistake, curve, secondDerivatives, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, turnedOff } = checked;
  const { blocks } = model;
  const entries = blocks.reduce((sum, block) => sum + Math.min(block.size, entriesPerBlock), 0);
  const hasPenalty = checked.objective.l2 > 0;
  const curves = curve ? 2 * 2 * curveSteps.length : 0;
  const work = new Work(context, burnIn + entries * (hasPenalty ? 3 : 1) + curves + (secondDerivatives ? 5 : 0));
  const parameters = burntIn(checked, burnIn, work);

  const dataOnly: Objective = { ...checked.objective, l2: 0 };
  let evaluations = 0;
  let evaluationMs = 0;
  const functionOf = (objective: Objective, planted: typeof mistake) => ({
    loss(theta: Float64Array) {
      const startedAt = performance.now();
      const { loss } = model.loss(theta, x, labels, objective);
      evaluations++;
      evaluationMs += performance.now() - startedAt;
      return loss;
    },
    gradient: (theta: Float64Array) =>
      planted === null
        ? model.lossAndGradient(theta, x, labels, objective).gradient
        : mistakenGradient(model, theta, x, labels, objective, planted),
    sides: (theta: Float64Array) => model.sides(theta, x, labels, objective),
  });

  /** Nothing is forgotten with a penalty on weights that are all 0. */
  const spoilsHere = (planted: NonNullable<typeof mistake>, block: ParameterBlock) =>
    spoils(planted, block, model, x.rows, checked.objective) &&
    (planted !== 'forgot-penalty' || blockOf(parameters, block).some((w) => w !== 0));
  // A mistake that a part cannot show, such as a forgotten penalty in the data loss, leaves it right.
  const inData = hasPenalty && mistake === 'forgot-penalty' ? null : mistake;
  const inPart = {
    data: inData,
    penalty: mistake === 'forgot-penalty' ? mistake : null,
    whole: hasPenalty ? mistake : inData,
  };
  const functions = {
    data: functionOf(dataOnly, inData),
    whole: functionOf(checked.objective, mistake),
    // Where λ is small a forgotten penalty hardly shows in the whole: by itself it is all or nothing.
    penalty: {
      loss: (theta: Float64Array) => penaltyOf(theta, blocks, checked.objective),
      gradient(theta: Float64Array) {
        const data = functions.data.gradient(theta);
        return functions.whole.gradient(theta).map((g, i) => g - data[i]!);
      },
    },
  };
  const parts = (hasPenalty ? (['data', 'penalty', 'whole'] as const) : (['data'] as const)).map((part) => {
    const planted = inPart[part];
    const shown = part === 'penalty' ? blocks.filter(({ kind }) => kind === 'weights') : blocks;
    const check = checkGradient(functions[part], parameters, {
      blocks: shown,
      entriesPerBlock,
      order,
      ...(step === null ? {} : { step }),
      random: createGenerator(seed, 'checked entries', part),
      shouldStop: work.next,
    });
    return {
      part,
      verdict: check.verdict,
      largestRelativeError: finite(check.largestRelativeError),
      checked: check.checked,
      kinks: check.kinks,
      evaluations: check.evaluations,
      blocks: check.blocks.map((block, b) => ({
        name: block.name,
        kind: shown[b]!.kind,
        layer: shown[b]!.layer,
        size: block.size,
        checked: block.entries.length,
        kinks: block.kinks,
        vanishing: block.vanishing,
        verdict: block.verdict,
        largestRelativeError: finite(block.largestRelativeError),
        entries: block.entries
          .toSorted((p, q) => Number(p.atKink) - Number(q.atKink) || q.relativeError - p.relativeError)
          .map(({ index, analytic, numeric, relativeError, atKink }) => ({
            index,
            analytic: finite(analytic),
            numeric: finite(numeric),
            relativeError: finite(relativeError),
            atKink,
          })),
        isSpoilt: planted !== null && spoilsHere(planted, shown[b]!),
      })),
    };
  });

  const secondsPerEvaluation = evaluationMs / 1000 / Math.max(1, evaluations);
  const startedAt = performance.now();
  const whole = functionOf(checked.objective, null);
  whole.gradient(parameters);
  const analyticSeconds = (performance.now() - startedAt) / 1000;
  const d = parameters.length;
  return {
    parameters: d,
    samples: x.rows,
    turnedOff,
    parts,
    thresholds: gradientThresholds,
    cost: {
      forwardEvaluations: d + 1,
      centralEvaluations: 2 * d,
      secondsPerEvaluation,
      projectedForwardSeconds: (d + 1) * secondsPerEvaluation,
      projectedCentralSeconds: 2 * d * secondsPerEvaluation,
      analyticSeconds,
    },
    curve: curve ? stepSizeCurves(whole, parameters, seed, work) : [],
    secondDerivatives: secondDerivatives ? secondDerivativeReport(checked, parameters, seed, work) : null,
  };
}

/** A few steps of plain descent, short enough for any loss: a fresh model is too symmetric to show every mistake. */
function burntIn({ model, parameters, x, labels, objective }: CheckedModel, steps: number, work: Work): Float64Array {
  const theta = parameters.slice();
  for (let k = 0; k < steps; k++) {
    work.next();
    const { gradient } = model.lossAndGradient(theta, x, labels, objective);
    const rate = 0.01 / Math.max(1, norm(gradient));
    for (let i = 0; i < theta.length; i++) theta[i]! -= rate * gradient[i]!;
  }
  return theta;
}

function stepSizeCurves(
  f: { loss(theta: Float64Array): number; gradient(theta: Float64Array): Float64Array },
  parameters: Float64Array,
  seed: number,
  work: Work,
): GradientReport['curve'] {
  const analytic = f.gradient(parameters);
  // Of the larger entries: on one that vanishes there is nothing but rounding to see.
  const drawn = chosenEntries(parameters.length, 20 * curveEntries, createGenerator(seed, 'curve'));
  const entries = Array.from(drawn)
    .sort((i, j) => Math.abs(analytic[j]!) - Math.abs(analytic[i]!))
    .slice(0, curveEntries);
  const wanted = entries.map((i) => analytic[i]!);
  return differencePrecisions.flatMap((precision) =>
    differenceSchemes.map((scheme) => {
      const { errors } = errorByStepSize((theta) => f.loss(theta), parameters, wanted, {
        scheme,
        precision,
        entries,
        steps: curveSteps,
        shouldStop: work.next,
      });
      return {
        scheme,
        precision,
        steps: errors.map((point) => point.step),
        relativeErrors: errors.map((point) => finite(point.relativeError)),
      };
    }),
  );
}

function secondDerivativeReport(
  { model, x, labels, objective }: CheckedModel,
  parameters: Float64Array,
  seed: number,
  work: Work,
): NonNullable<GradientReport['secondDerivatives']> {
  const check = checkSecondDerivatives(
    {
      gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
      hessian: (theta) => hessianAt(model, theta, x, labels, objective),
      sides: (theta) => model.sides(theta, x, labels, objective),
    },
    parameters,
    { random: createGenerator(seed, 'second derivatives'), step: 1e-4, shouldStop: work.next },
  );
  const { verdict, directions, kinks, largestRelativeError, largestAsymmetry } = check;
  const isPiecewiseLinear = model.activations.some((name) => activations[name].hasKink);
  return { verdict, directions: directions.length, kinks, largestRelativeError, largestAsymmetry, isPiecewiseLinear };
}
