/** All losses of scores. A new one joins here and is then held to what every loss promises. */
import { requireOneOf } from '../options.ts';
import type { Loss } from './loss.ts';
import { hingeLoss } from './multiclass-hinge.ts';
import { softmaxLoss } from './softmax-cross-entropy.ts';
import { squaredHingeLoss } from './squared-hinge.ts';

export const losses = {
  softmax: softmaxLoss,
  hinge: hingeLoss,
  'squared-hinge': squaredHingeLoss,
} as const satisfies Record<string, Loss>;

/** The loss of this name. Throws INVALID_OPTION. */
export function lossNamed(name: string): Loss {
  requireOneOf('loss', name, Object.keys(losses) as (keyof typeof losses)[]);
  return losses[name];
}
