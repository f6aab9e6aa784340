import { setTimeout } from 'node:timers/promises';

/** Contestants that do the same work, measured in turns in one run: only their ratio says something on a shared machine. */

export interface Contestant {
  readonly name: string;
  /** A bound does only what nobody can leave out: its ratio is the most that can be won. */
  readonly side: 'studio' | 'peer' | 'bound';
  /** One measurement, in the comparison's unit; less is better. */
  measure(): Promise<number>;
  close(): Promise<void>;
}

export interface Comparison {
  /** `A · Adam · 2 threads`. */
  readonly title: string;
  readonly workload: string;
  readonly threads: number;
  readonly unit: 'ms' | 's';
  readonly rounds: number;
  readonly contestants: readonly Contestant[];
  /** What else there is to know, such as how many pictures one measurement is about. */
  readonly note?: string;
}

export interface BenchOptions {
  readonly threads: readonly number[];
  /** Fewer and shorter measurements: to see whether it runs, not to be quoted. */
  readonly isQuick: boolean;
  /** Python with torch and scikit-learn, or null. */
  readonly python: string | null;
  /** `train/<class>/…` and `test/<class>/…`; null where there is none. */
  readonly pictures: string | null;
  readonly photos: string | null;
  /** Why something is missing, once. */
  readonly missing: (what: string) => void;
}

/** One part of the benchmark. Yields a comparison when it is ready to be measured; only one is in memory at a time. */
export interface Workload {
  readonly name: string;
  comparisons(options: BenchOptions): AsyncGenerator<Comparison>;
}

export interface Row {
  readonly workload: string;
  readonly title: string;
  readonly threads: number;
  readonly unit: string;
  readonly contestant: string;
  readonly side: Contestant['side'];
  readonly median: number;
  readonly best: number;
  readonly measurements: readonly number[];
  /** Best peer's median ÷ this median; null for peers and without one. */
  readonly ratio: number | null;
  readonly note?: string;
}

/** Longer than the threads of OpenBLAS go on spinning after their last product, some 25 ms, in the way of who comes next. */
const restMs = 60;

/** Every contestant once a round, each round in another order. The first round warms up and does not count. */
export async function compare({ contestants, rounds, ...about }: Comparison): Promise<Row[]> {
  const measurements = contestants.map((): number[] => []);
  try {
    for (let round = 0; round <= rounds; round++) {
      for (let i = 0; i < contestants.length; i++) {
        const at = (i + round) % contestants.length;
        await setTimeout(restMs);
        const value = await contestants[at]!.measure();
        if (round > 0) measurements[at]!.push(value);
      }
    }
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
  const medians = measurements.map(median);
  const peers = medians.filter((_, i) => contestants[i]!.side === 'peer');
  const bestPeer = peers.length === 0 ? null : Math.min(...peers);
  return contestants.map(({ name, side }, i) => ({
    ...about,
    contestant: name,
    side,
    median: medians[i]!,
    best: Math.min(...measurements[i]!),
    measurements: measurements[i]!,
    ratio: side === 'peer' || bestPeer === null ? null : bestPeer / medians[i]!,
  }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds of one call of `work`, over as many calls as fill `forMs`. */
export function millisecondsOf(work: () => void, forMs: number): number {
  const startedAt = performance.now();
  let calls = 0;
  do {
    work();
    calls++;
  } while (performance.now() - startedAt < forMs);
  return (performance.now() - startedAt) / calls;
}
