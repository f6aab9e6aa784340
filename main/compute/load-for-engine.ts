import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { EnginePictures, EngineShape } from '../../core/training/step-engine.ts';
import { loadPictures, type PictureSets } from './picture-memory.ts';
import { allocateEngine, type EngineMemory } from './shared-engine.ts';
import { threadCount } from './thread-count.ts';

/** Memory for an engine of this shape with the pictures of these sets in it. Throws what both parts throw. */
export function loadForEngine(
  source: PictureSource,
  sets: PictureSets,
  shape: EngineShape,
  threads: number,
): { memory: EngineMemory; pictures: EnginePictures } {
  let memory: EngineMemory | undefined;
  const pictures = loadPictures(source, sets, (inputBytes) => {
    memory = allocateEngine({ ...shape, inputType: 'bytes', inputBytes, threads: threadCount(threads) });
    return memory.inputs as Uint8Array;
  });
  return { memory: memory!, pictures };
}
