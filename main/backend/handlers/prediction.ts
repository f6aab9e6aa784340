import type { predictionContract } from '../../../core/rpc/contract/prediction.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { Predictor } from '../prediction.ts';

export function predictionHandlers(predictor: Predictor) {
  return {
    'prediction.predict': (request, { signal, progress, room }) =>
      predictor.predict(request, { signal, progress, room }),
  } satisfies Handlers<typeof predictionContract>;
}
