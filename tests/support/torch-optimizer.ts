/** PyTorch's optimizers by their names and parameters, as ours. */
import { adagrad } from '../../core/optimizers/adagrad.ts';
import { adam } from '../../core/optimizers/adam.ts';
import type { Optimizer } from '../../core/optimizers/optimizer.ts';
import { rmsprop } from '../../core/optimizers/rmsprop.ts';
import { sgd } from '../../core/optimizers/sgd.ts';

export interface TorchParameters {
  lr: number;
  momentum?: number;
  nesterov?: boolean;
  betas?: [number, number];
  alpha?: number;
  eps?: number;
  weight_decay: number;
}

/** Our optimizer for a case of PyTorch's. */
export function optimizerOf({ optimizer, params }: { optimizer: string; params: TorchParameters }): Optimizer {
  const { lr: learningRate, momentum = 0, nesterov = false, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = params;
  switch (optimizer) {
    case 'SGD':
      return sgd({ learningRate, momentum, nesterov });
    case 'Adagrad':
      return adagrad({ learningRate, epsilon: eps });
    case 'RMSprop':
      return rmsprop({ learningRate, decay: params.alpha!, epsilon: eps });
    case 'Adam':
      return adam({ learningRate, beta1, beta2, epsilon: eps });
    case 'AdamW':
      return adam({ learningRate, beta1, beta2, epsilon: eps, weightDecay: params.weight_decay });
    default:
      throw new Error(`no optimizer for ${optimizer}`);
  }
}
