/** `compute.exactness`: how exactly contributions and templates add up to the scores of many pictures. */
import { cancelled } from '../../core/errors.ts';
import { drawnInputs } from '../../core/explanation/drawn-space.ts';
import { explainPicture } from '../../core/explanation/explain-picture.ts';
import { describeImage } from '../../core/features/index.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { PictureReader } from './picture-memory.ts';
import { scoresOver } from './scoring.ts';
import { networkOf } from './stored-network.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

export function exactnessTask(
  { model, on, ...judged }: TaskInput<'compute.exactness'>,
  context: TaskContext<'compute.exactness'>,
): TaskOutput<'compute.exactness'> {
  const checkpoint = readCheckpoint(model.path);
  const network = networkOf(checkpoint);
  const { features: blocks, width, height, channels, standardization, classes } = checkpoint;
  const { indices, source } = judged;
  const isDiscarded = () => context.request() === 'discard';
  const given = scoresOver(checkpoint, judged, isDiscarded);
  const reader = new PictureReader(source);
  const worst = { sum: 0, template: 0, shareOfTolerance: 0, engine: 0 };
  try {
    indices.forEach((picture, i) => {
      if (i % 16 === 0) {
        if (isDiscarded()) throw cancelled();
        context.progress({ done: i, total: indices.length });
      }
      const image = { width, height, channels, data: reader.read(picture) };
      const inputs = drawnInputs(image, blocks);
      const numbers = describeImage(image, blocks);
      const why = explainPicture(network, standardization, {
        numbers,
        inputs,
        blocks,
        label: null,
        shownUnits: 0,
        withTemplates: true,
      });
      const ofTemplates = why.templateDifference!;
      const larger = Math.max(why.sumDifference, ofTemplates);
      worst.sum = Math.max(worst.sum, why.sumDifference);
      worst.template = Math.max(worst.template, ofTemplates);
      worst.shareOfTolerance = Math.max(worst.shareOfTolerance, larger / why.tolerance);
      why.scores.forEach((score, c) => {
        worst.engine = Math.max(worst.engine, Math.abs(score - given[i * classes.length + c]!));
      });
    });
  } finally {
    reader.close();
  }
  return { on, pictures: indices.length, ...worst };
}
