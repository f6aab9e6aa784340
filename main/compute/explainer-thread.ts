/** The thread behind `Explainer`: keeps the models it was asked about last. */
import { parentPort } from 'node:worker_threads';
import { explainPicture } from '../../core/explanation/explain-picture.ts';
import { unitsSwitched } from '../../core/explanation/effective-template.ts';
import { type Network, passThrough } from '../../core/explanation/network.ts';
import { drawnInputs } from '../../core/explanation/drawn-space.ts';
import { describeImage } from '../../core/features/index.ts';
import { standardize } from '../../core/features/standardize.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import type { HandlerInput, Output } from '../../core/rpc/define.ts';
import type { computeContract } from '../../core/rpc/contract/compute.ts';
import type { WireError } from '../../core/rpc/transport.ts';
import { toWireError } from '../../core/rpc/wire-error.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { logInternal } from './log-internal.ts';
import { readPicture } from './picture-memory.ts';
import { type PixelScorer, pixelScorer } from './scoring.ts';
import { networkOf } from './stored-network.ts';

export interface ExplainerData {
  readonly kind: 'explainer';
}
export type Explanation = Output<typeof computeContract, 'compute.explain'>;
export interface Question {
  readonly number: number;
  readonly input: HandlerInput<typeof computeContract, 'compute.explain'>;
}
export type Answer =
  | { readonly number: number; readonly kind: 'explanation'; readonly value: Explanation }
  | { readonly number: number; readonly kind: 'error'; readonly error: WireError };

/** A model and what is shown beside it. */
const rememberedModels = 4;

export function answerQuestions(): void {
  const models = new Map<string, { checkpoint: Checkpoint; network: Network; scorer: PixelScorer }>();

  function modelAt(path: string) {
    const known = models.get(path);
    models.delete(path);
    const checkpoint = known?.checkpoint ?? readCheckpoint(path);
    const model = known ?? { checkpoint, network: networkOf(checkpoint), scorer: pixelScorer(checkpoint, 1) };
    models.set(path, model);
    for (const [oldest, { scorer }] of models) {
      if (models.size <= rememberedModels) break;
      scorer.close();
      models.delete(oldest);
    }
    return model;
  }

  function explain({
    model,
    source,
    picture,
    toward,
    label,
    shownUnits,
    known,
    withTemplates,
  }: Question['input']): Explanation {
    const { checkpoint, network, scorer } = modelAt(model.path);
    const bytes = readPicture(source, picture);
    const { features, width, height, channels } = checkpoint;
    const { step } = checkpoint.state;
    const isSameForAll = network.layers.length === 2; // the first layer's templates know nothing of the picture
    const imageOf = (data: Float64Array) => ({ width, height, channels, data });
    const numbersOf = (of: Float64Array) => describeImage(imageOf(of), features);
    let pixels = Float64Array.from(bytes);
    let switched: number[] = [];
    if (toward !== null) {
      const { share } = toward;
      const other = readPicture(source, toward.picture);
      pixels = pixels.map((value, i) => (1 - share) * value + share * other[i]!);
      const passage = (of: Float64Array) =>
        passThrough(network, standardize(numbersOf(of), checkpoint.standardization));
      switched = unitsSwitched(passage(Float64Array.from(bytes)), passage(pixels));
    }
    // What is not linear in pixels looks at whole ones, as a picture has them.
    if (toward !== null && !seesPixels(checkpoint.recipe.features)) pixels = pixels.map(Math.round);
    const inputs = drawnInputs(imageOf(pixels), features);
    const why = explainPicture(network, checkpoint.standardization, {
      numbers: numbersOf(pixels),
      inputs,
      blocks: features,
      label,
      shownUnits,
      knownUnits: new Set(isSameForAll && known?.step === step ? known.units : []),
      withTemplates,
    });
    const engine = toward === null && withTemplates ? scorer.scores(bytes) : null;
    const engineDifference = engine?.reduce((most, s, c) => Math.max(most, Math.abs(s - why.scores[c]!)), 0) ?? null;
    const singles = (values: Float64Array) => Float32Array.from(values);
    return {
      ...why,
      step,
      pixels: Uint8Array.from(pixels, Math.round),
      inputs: singles(inputs),
      scores: why.scores.slice(),
      bias: why.bias.slice(),
      templateBias: why.templateBias.slice(),
      unitsOn: [...why.unitsOn],
      unitsSwitched: switched,
      answers: singles(why.answers),
      contributions: singles(why.contributions),
      shownTemplates: singles(why.shownTemplates),
      shownWeights: singles(why.shownWeights),
      templates: singles(why.templates),
      engineDifference,
    };
  }

  parentPort!.on('message', ({ number, input }: Question) => {
    const post = (answer: Answer) => parentPort!.postMessage(answer);
    try {
      post({ number, kind: 'explanation', value: explain(input) });
    } catch (cause) {
      post({ number, kind: 'error', error: toWireError(cause, logInternal) });
    }
  });
}
