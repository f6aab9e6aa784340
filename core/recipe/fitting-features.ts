/** A block's defaults, made smaller where pictures are too small or too few for them. */
import { defaultFeatures, type FeatureKind, type FeatureRecipe } from './feature-recipe.ts';

/** Of the pictures that are described. */
interface Shape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * @param trainCount  pictures that the block is learnt from; of n pictures there are at most n directions.
 * @throws StudioError nothing: what still does not fit is refused where it is used, by name.
 */
export function fittingFeatures(kind: FeatureKind, shape: Shape, trainCount: number): FeatureRecipe {
  const block = defaultFeatures[kind];
  const side = Math.min(shape.width, shape.height);
  if (block.kind === 'hog') {
    const cellSize = [block.cellSize, 4, 2].find((size) => Math.floor(side / size) >= block.blockSize);
    return { ...block, cellSize: cellSize ?? block.cellSize };
  }
  if (block.kind === 'words') return { ...block, patchSize: Math.min(block.patchSize, Math.max(2, side - 2)) };
  if (block.kind === 'pca' || block.kind === 'zca') {
    const most = Math.min(trainCount, shape.width * shape.height * shape.channels);
    return { ...block, components: Math.max(1, Math.min(block.components, most)) };
  }
  return block;
}
