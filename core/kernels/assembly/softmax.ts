import { exp } from './exponential';

/** Gradients below this count as 0: products of numbers near float32's end are many times slower. */
const denormalLimit: f64 = 1e-30;

/**
 * Softmax cross-entropy of rows of scores, as core/training/row-loss.ts writes it down: exponentials in float32, sums in float64.
 *
 *     lossᵢ = wᵢ · (log Σⱼ exp(sᵢⱼ − max) − (sᵢ,label − max))
 *     ∂sᵢⱼ = (pᵢⱼ − [j = label]) · wᵢ / batchRows, the label's own from the other side, where nothing cancels
 *
 * `scores` and `gradients` (rows, stride); `labels` and `hits` Uint32, `losses` Float64, `weights` (classes) floats. A hit is a row whose
 * first highest score is its label's. `gradients` is working memory where they are not wanted.
 */
export function softmaxLoss(
  scores: usize, stride: u32, classes: u32, rows: u32, labels: usize, losses: usize, hits: usize, gradients: usize,
  weights: usize, batchRows: f64, withGradients: u32,
): void {
  const rowBytes = (<usize>stride) << 2;
  const end = (<usize>classes) << 2;
  for (let i: u32 = 0; i < rows; i++) {
    let highest: usize = 0;
    for (let j: usize = 4; j < end; j += 4) if (load<f32>(scores + j) > load<f32>(scores + highest)) highest = j;
    const max = load<f32>(scores + highest);
    const most = f32x4.splat(max);
    for (let j: usize = 0; j < end; j += 16) v128.store(gradients + j, exp(f32x4.sub(v128.load(scores + j), most)));
    let sum: f64 = 0;
    for (let j: usize = 0; j < end; j += 4) sum += <f64>load<f32>(gradients + j);

    const label = load<u32>(labels);
    const own = (<usize>label) << 2;
    const weight = <f64>load<f32>(weights + own);
    store<u32>(hits, highest == own ? 1 : 0);
    store<f64>(losses, weight * (Math.log(sum) - (<f64>load<f32>(scores + own) - <f64>max)));
    if (withGradients != 0) {
      const factor = weight / (batchRows * sum);
      const others = sum - <f64>load<f32>(gradients + own);
      for (let j: usize = 0; j < end; j += 4) {
        const g = <f64>load<f32>(gradients + j) * factor;
        store<f32>(gradients + j, g < denormalLimit ? 0 : <f32>g);
      }
      const g = others * factor;
      store<f32>(gradients + own, g < denormalLimit ? 0 : -<f32>g);
      for (let j = end; j < rowBytes && (j & 15) != 0; j += 4) store<f32>(gradients + j, 0);
    }
    scores += rowBytes;
    gradients += rowBytes;
    labels += 4;
    losses += 8;
    hits += 4;
  }
}
