/**
 * Ends threads that multiply by the native library without pause, each with a helper of its own, as a task is ended that
 * does not answer. Prints how many; a process that aborts prints less.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { closeNativeGate, createNativeGate, useNativeGate } from '../../../main/compute/native-gate.ts';
import { nativeGemm } from '../../../main/compute/native-gemm.ts';

interface Data {
  readonly gate: SharedArrayBuffer;
  readonly isHelper: boolean;
}

const url = new URL(import.meta.url);
const times = 6;

if (isMainThread) {
  for (let i = 0; i < times; i++) {
    const gate = createNativeGate();
    const worker = new Worker(url, { workerData: { gate, isHelper: false } satisfies Data });
    await new Promise((resolve) => worker.once('message', resolve));
    await closeNativeGate(gate);
    await worker.terminate();
  }
  console.log(times);
} else {
  const { gate, isHelper } = workerData as Data;
  if (!isHelper) {
    useNativeGate(gate);
    new Worker(url, { workerData: { gate, isHelper: true } satisfies Data });
  }
  const { multiply } = nativeGemm(new SharedArrayBuffer(2 ** 20));
  parentPort!.postMessage('multiplying');
  for (;;) multiply(0, 2 ** 16, 2 ** 17, 64, 64, 64);
}
