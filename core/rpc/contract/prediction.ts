/** New pictures through a trained model. */
import * as v from 'valibot';
import { bytes, Count, float32s, Id } from './common.ts';

export const Prediction = v.variant('kind', [
  v.object({
    kind: v.literal('prediction'),
    path: v.string(),
    predicted: Count,
    scores: float32s,
    probabilities: float32s,
    /** As the model sees it. */
    width: Count,
    height: Count,
    channels: v.picklist([1, 3]),
    pixels: bytes,
    /** Upright, at most 256 pixels a side, RGB. */
    original: v.object({ width: Count, height: Count, pixels: bytes }),
    reasons: v.array(v.string()),
  }),
  v.object({
    kind: v.literal('refused'),
    path: v.string(),
    reason: v.object({ code: v.string(), details: v.record(v.string(), v.union([v.string(), v.number()])) }),
  }),
]);
export type Prediction = v.InferOutput<typeof Prediction>;

export const predictionContract = {
  /** Files or folders (walked); one report a file, in order. Fails with RUN_NOT_TRAINED, NO_IMAGES_FOUND. */
  'prediction.predict': {
    input: v.object({
      runId: Id,
      paths: v.pipe(v.array(v.string()), v.minLength(1)),
      which: v.optional(v.picklist(['best', 'last']), 'best'),
    }),
    /** `classes` are the model's own, which may differ from those of the dataset today. */
    progress: v.object({ total: Count, results: v.array(Prediction), classes: v.array(v.string()) }),
    output: v.object({ predicted: Count, refused: Count, classes: v.array(v.string()) }),
  },
} as const;
