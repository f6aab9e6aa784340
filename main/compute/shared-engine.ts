/** Memory and threads for the shared-memory engine: what core cannot make itself. */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../core/errors.ts';
import type { Kernels } from '../../core/kernels/kernels.ts';
import {
  largestMemoryBytes,
  type Layout,
  layoutOf,
  type LayoutOptions,
} from '../../core/training/shared-memory/layout.ts';
import { sharedMemoryEngine } from '../../core/training/shared-memory/shared-memory-engine.ts';
import { phases, stepProgram } from '../../core/training/shared-memory/step-program.ts';
import { follow, leaderOf } from '../../core/training/shared-memory/team.ts';
import type { EngineSetup, StepEngine } from '../../core/training/step-engine.ts';
import { kernelsOver, sharedMemory } from './kernel-memory.ts';
import { nativeGemm } from './native-gemm.ts';
import { threadFile } from './thread-file.ts';

/** The memory of one engine, before it has pictures. */
export interface EngineMemory {
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
  /** Where pixels or features belong. */
  readonly inputs: Uint8Array | Float32Array;
}

/** What a thread needs to help. */
export interface FollowerData {
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

/** @throws StudioError INVALID_OPTION for more than 32-bit addresses reach, COMPUTE_LOST where the machine has too little. */
export function allocateEngine(options: LayoutOptions): EngineMemory {
  const layout = layoutOf(options);
  if (layout.end > largestMemoryBytes) {
    const expected = `at most ${largestMemoryBytes} bytes of memory`;
    throw new StudioError('INVALID_OPTION', { option: 'pictures', value: `${layout.end} bytes`, expected });
  }
  const memory = sharedMemory(layout.end);
  const { inputBytes } = options;
  const inputs =
    layout.inputType === 'bytes'
      ? new Uint8Array(memory.buffer, layout.inputs, inputBytes)
      : new Float32Array(memory.buffer, layout.inputs, inputBytes / 4);
  return { memory, layout, inputs };
}

/** Starts the other threads, which are ready when the first phase needs them. */
export function startEngine({ memory, layout }: EngineMemory, setup: EngineSetup): StepEngine {
  const { kernels, buffer } = kernelsOver(memory);
  for (let thread = 1; thread < layout.threads; thread++) {
    const workerData: FollowerData = { thread, memory, layout };
    new Worker(threadFile, { workerData });
  }
  const team = leaderOf(buffer, layout, programOf(kernels, buffer, layout), phases);
  return sharedMemoryEngine(setup, layout, buffer, kernels, team);
}

/** The life of a helping thread. */
export function followLeader({ thread, memory, layout }: FollowerData): void {
  const { kernels, buffer } = kernelsOver(memory);
  follow(buffer, layout, thread, programOf(kernels, buffer, layout), phases);
}

function programOf(kernels: Kernels, buffer: SharedArrayBuffer, layout: Layout): ReturnType<typeof stepProgram> {
  return stepProgram(kernels, buffer, layout, layout.backend === 'native' ? nativeGemm(buffer) : null);
}
