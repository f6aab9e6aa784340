import type { Network } from '../../core/explanation/network.ts';
import { layersOf } from '../../core/models/parameters.ts';
import { perLayer } from '../../core/recipe/recipe.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import { classifierOf } from '../../core/training/recipe-model.ts';

/** The network of a checkpoint, in float64 from its stored weights. */
export function networkOf({ recipe, classes, standardization, state }: Checkpoint): Network {
  const { blocks } = classifierOf(recipe, standardization.mean.length, classes.length);
  const layers = layersOf(Float64Array.from(state.engine.parameters), blocks);
  const activations = recipe.model.kind === 'mlp' ? perLayer(recipe.model.activation, layers.length - 1) : [];
  return { layers, activations };
}
