import type { evaluationContract } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { LabelStudies } from '../label-studies.ts';
import { pairedRuns, type PairedRunsParts } from '../paired-runs.ts';
import type { Predictor } from '../prediction.ts';

export interface EvaluationParts extends PairedRunsParts {
  readonly predictor: Predictor;
  readonly labels: LabelStudies;
}

export function evaluationHandlers(parts: EvaluationParts) {
  const { evaluation, predictor, labels } = parts;
  return {
    'evaluation.verdicts': ({ runId, on, which }, { signal, progress }) =>
      evaluation.verdicts(runId, on, which, { signal, onprogress: progress }),
    'evaluation.pair': (question, { signal, progress }) =>
      pairedRuns(parts, question, { signal, onprogress: progress }),
    'evaluation.probabilities': ({ runId, on, which, label }, { signal, progress }) =>
      evaluation.probabilities(runId, on, which, label, { signal, onprogress: progress }),
    'evaluation.labelErrors': async (question, { signal, progress }) => ({
      study: await labels.study(question, { signal, onprogress: progress }),
    }),
    'evaluation.folder': (request, { signal, progress }) => predictor.evaluateFolder(request, signal, progress),
  } satisfies Handlers<typeof evaluationContract>;
}
