/** The weights of one run as the start of another, smaller where the recipe's hidden layers are. */
import { isDeepStrictEqual } from 'node:util';
import { StudioError } from '../../core/errors.ts';
import type { MeanAnswers } from '../../core/explanation/pruning.ts';
import { parametersOf } from '../../core/explanation/pruning.ts';
import type { Network } from '../../core/explanation/network.ts';
import { meanAnswersOf, smallerNetwork } from '../../core/explanation/smaller-network.ts';
import type { Standardization } from '../../core/features/standardize.ts';
import { type Recipe, type StartRecipe } from '../../core/recipe/recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import type { ShouldStop } from '../../core/training/step-engine.ts';
import { readCheckpoint, weightsSha256 } from './checkpoint-file.ts';
import { answersOver, type ScoredModel } from './scoring.ts';
import { networkOf } from './stored-network.ts';

/** Training pictures that units are judged by, evenly spread. */
const judgingPictures = 5000;

export interface StartingWeights {
  readonly standardization: Standardization;
  readonly parameters: Float32Array;
}

/**
 * @param path  the checkpoint of `recipe.start`.
 * @throws StudioError INVALID_OPTION where that run has other pictures, features, split or layers; CANCELLED.
 */
export function startingWeights(
  recipe: Recipe & { readonly start: StartRecipe },
  path: string,
  judged: { readonly source: PictureSource; readonly features: readonly string[] | null; readonly threads: number },
  shouldStop: ShouldStop,
): StartingWeights {
  const origin = readCheckpoint(path);
  requireRelated(origin, recipe);
  const hidden = recipe.model.kind === 'mlp' ? recipe.model.hidden : [];
  const answersOf = (network: Network, l: number) => unitAnswers(origin, network, l, judged, shouldStop);
  const network = smallerNetwork(networkOf(origin), hidden, recipe.start.pruneBy, answersOf);
  return { standardization: origin.standardization, parameters: Float32Array.from(parametersOf(network)) };
}

/** What the units of hidden layer l answer on average to the training pictures. */
export function unitAnswers(
  model: ScoredModel,
  network: Network,
  l: number,
  judged: { readonly source: PictureSource; readonly features: readonly string[] | null; readonly threads: number },
  shouldStop: ShouldStop,
): MeanAnswers {
  const indices = spread(judged.source.train, judgingPictures);
  return meanAnswersOf(
    answersOver(model, network, l, { ...judged, indices }, shouldStop),
    network.layers[l]!.bias.length,
  );
}

/** At most so many of these numbers, evenly spread. */
function spread(numbers: Uint32Array, most: number): Uint32Array {
  if (numbers.length <= most) return numbers;
  return Uint32Array.from({ length: most }, (_, i) => numbers[Math.floor((i * numbers.length) / most)]!);
}

function requireRelated(origin: Checkpoint, recipe: Recipe & { readonly start: StartRecipe }): void {
  const activationOf = ({ model }: Recipe) => (model.kind === 'mlp' ? model.activation : null);
  const isRelated =
    weightsSha256(origin.state.engine.parameters) === recipe.start.weightsSha256 &&
    isDeepStrictEqual(origin.recipe.dataset, recipe.dataset) &&
    isDeepStrictEqual(origin.recipe.split, recipe.split) &&
    isDeepStrictEqual(origin.recipe.features, recipe.features) &&
    isDeepStrictEqual(activationOf(origin.recipe), activationOf(recipe));
  if (isRelated) return;
  const expected = 'a run with the same pictures, split, features and activation';
  throw new StudioError('INVALID_OPTION', { option: 'start', value: recipe.start.run, expected });
}
