/** What the curves say, from their numbers alone. */
import type { EpochRecord } from '../../core/rpc/contract/training.ts';

export type Sight =
  'starting' | 'unchecked' | 'rising' | 'flat' | 'overfitting' | 'faster-than-it-generalises' | 'learning';

export interface Seen {
  readonly sight: Sight;
  /** Epoch with the lowest validation loss, or null without validation. */
  readonly lowestEpoch: number | null;
  /** Validation loss minus training loss at the last epoch; null without validation. */
  readonly gap: number | null;
}

type Point = Pick<EpochRecord, 'epoch' | 'trainLoss' | 'validationLoss'>;

/**
 * Rules, the first that holds:
 *
 * - fewer than 3 epochs: `starting`
 * - best validation loss at least 3 epochs ago, now over 2 % above it, while the training loss fell: `overfitting`
 * - training loss above that of three epochs before by over 5 % of the first epoch's, so that the noise of a loss near
 *   zero does not count: `rising`
 * - over the last third (3 epochs or more) the training loss fell by under 1 %: `flat`
 * - over the same epochs validation improved less than half as much as training, and is above it by over 5 %:
 *   `faster-than-it-generalises`
 * - no validation: `unchecked`; otherwise `learning`
 */
export function whatIsSeen(epochs: readonly Point[]): Seen {
  const finite = epochs.filter((e): e is Point & { trainLoss: number } => e.trainLoss !== null);
  const last = finite.at(-1);
  const checked = finite.filter((e): e is typeof e & { validationLoss: number } => e.validationLoss !== null);
  const best = checked.reduce<(typeof checked)[number] | null>(
    (a, b) => (a !== null && a.validationLoss <= b.validationLoss ? a : b),
    null,
  );
  const lastChecked = checked.at(-1);
  const gap = lastChecked ? lastChecked.validationLoss - lastChecked.trainLoss : null;
  const seen = (sight: Sight): Seen => ({ sight, lowestEpoch: best?.epoch ?? null, gap });
  if (last === undefined || finite.length < 3) return seen('starting');

  if (
    best &&
    lastChecked &&
    lastChecked.epoch - best.epoch >= 3 &&
    lastChecked.validationLoss > best.validationLoss * 1.02 &&
    lastChecked.trainLoss < best.trainLoss
  ) {
    return seen('overfitting');
  }
  const before = finite.at(-4);
  if (before && last.trainLoss - before.trainLoss > 0.05 * Math.abs(finite[0]!.trainLoss)) return seen('rising');
  const reach = Math.max(3, Math.floor(finite.length / 3));
  const from = finite.at(-1 - reach);
  if (from === undefined) return seen(checked.length > 0 ? 'learning' : 'unchecked');
  const fallen = from.trainLoss - last.trainLoss;
  if (fallen < 0.01 * Math.abs(from.trainLoss)) return seen('flat');
  if (lastChecked && from.validationLoss !== null && gap !== null) {
    const improved = from.validationLoss - lastChecked.validationLoss;
    if (improved < fallen / 2 && gap > 0.05 * lastChecked.trainLoss) return seen('faster-than-it-generalises');
  }
  return seen(checked.length > 0 ? 'learning' : 'unchecked');
}
