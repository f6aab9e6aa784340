/**
 * Threads that go through the phases of a step together.
 *
 * The leader writes the phase, raises the round and does its own part; the others, waiting for the next round, do theirs
 * and count themselves done. Whoever waits looks again for some microseconds before it sleeps: a step is shorter than
 * falling asleep and waking up.
 */
import { StudioError } from '../../errors.ts';

/** Where the words lie that threads wait on, and how many threads there are. */
export interface TeamPlace {
  readonly words: number;
  readonly threads: number;
}

export interface Team<Phase extends string> {
  readonly threads: number;
  /** Does one phase on all threads and returns when all are done. */
  run(phase: Phase): void;
  /** Lets the other threads end. */
  close(): void;
}

/** Indices of words, each on a cache line of its own. */
const roundWord = 0;
const phaseWord = 16;
const doneWord = 32;
const endPhase = -1;
/** Looks before sleeping, some tens of microseconds. */
const spins = 4000;
/** No phase lasts so long: a thread has died. */
const longestPhaseMs = 180_000;

export function leaderOf<Phase extends string>(
  buffer: SharedArrayBuffer,
  place: TeamPlace,
  program: (phase: Phase, thread: number) => void,
  phases: readonly Phase[],
): Team<Phase> {
  const words = new Int32Array(buffer, place.words, 64);
  const others = place.threads - 1;

  function begin(phase: number): void {
    Atomics.store(words, doneWord, 0);
    Atomics.store(words, phaseWord, phase);
    Atomics.add(words, roundWord, 1);
    Atomics.notify(words, roundWord);
  }

  return {
    threads: place.threads,
    run(phase) {
      if (others > 0) begin(phases.indexOf(phase));
      program(phase, 0);
      for (let looks = 0; ; looks++) {
        const done = Atomics.load(words, doneWord);
        if (done === others || others === 0) return;
        if (looks < spins) continue;
        if (Atomics.wait(words, doneWord, done, longestPhaseMs) === 'timed-out') {
          throw new StudioError('COMPUTE_LOST', { reason: 'a thread does not answer' });
        }
      }
    },
    close() {
      if (others > 0) begin(endPhase);
    },
  };
}

/** What every thread but the leader does until the team is closed. */
export function follow<Phase extends string>(
  buffer: SharedArrayBuffer,
  place: TeamPlace,
  thread: number,
  program: (phase: Phase, thread: number) => void,
  phases: readonly Phase[],
): void {
  const words = new Int32Array(buffer, place.words, 64);
  for (let round = 0; ; round++) {
    for (let looks = 0; Atomics.load(words, roundWord) === round; looks++) {
      if (looks >= spins) Atomics.wait(words, roundWord, round);
    }
    const phase = phases[Atomics.load(words, phaseWord)];
    if (phase === undefined) return;
    program(phase, thread);
    Atomics.add(words, doneWord, 1);
    Atomics.notify(words, doneWord);
  }
}
