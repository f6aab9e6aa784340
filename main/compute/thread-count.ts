import { availableParallelism } from 'node:os';

/** Threads to compute with: 0 stands for one a core. */
export function threadCount(wanted: number): number {
  return wanted === 0 ? availableParallelism() : wanted;
}
