import type { evaluationContract } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Predictor } from '../prediction.ts';

export function evaluationHandlers(evaluation: Evaluation, predictor: Predictor) {
  return {
    'evaluation.verdicts': ({ runId, on, which }, { signal, progress }) =>
      evaluation.verdicts(runId, on, which, { signal, onprogress: progress }),
    'evaluation.folder': (request, { signal, progress }) => predictor.evaluateFolder(request, signal, progress),
  } satisfies Handlers<typeof evaluationContract>;
}
