/**
 * Keeps threads from being ended inside the native library.
 *
 * A thread that is ended in the middle of a native call comes back to an environment that is gone; the library's binding then
 * throws where nothing catches, and the whole process aborts (`terminate called after throwing an instance of 'Napi::Error'`).
 * So native calls go through a gate that all threads of a task share: whoever is going to end them closes it and waits until
 * nobody is inside. Who comes later stays before it, where ending a thread is safe.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Int32 words: how many threads are inside, and whether the gate is closed. */
const insideWord = 0;
const closedWord = 1;
const key = 'native gate';
const lookMs = 2;

/** The memory of an open gate. */
export function createNativeGate(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

/** Makes this the gate of the calling thread and of every thread it starts from now on. */
export function useNativeGate(gate: SharedArrayBuffer): void {
  setEnvironmentData(key, gate);
}

/** What this thread makes its native calls through. A thread without a gate is never ended by anyone. */
export function nativePassage(): <T>(call: () => T) => T {
  const gate = getEnvironmentData(key) as SharedArrayBuffer | undefined;
  if (gate === undefined) return (call) => call();
  const words = new Int32Array(gate);
  return (call) => {
    Atomics.add(words, insideWord, 1);
    if (Atomics.load(words, closedWord) === 1) {
      Atomics.sub(words, insideWord, 1);
      for (;;) Atomics.wait(words, closedWord, 1);
    }
    try {
      return call();
    } finally {
      Atomics.sub(words, insideWord, 1);
    }
  };
}

/** Closes the gate for good; resolves when nobody is inside, so that its threads may be ended. */
export async function closeNativeGate(gate: SharedArrayBuffer): Promise<void> {
  const words = new Int32Array(gate);
  Atomics.store(words, closedWord, 1);
  while (Atomics.load(words, insideWord) > 0) await new Promise((resolve) => setTimeout(resolve, lookMs));
}
