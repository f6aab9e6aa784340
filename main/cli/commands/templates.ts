/** `tessera templates`: what a model learnt, as one PNG a template. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { templatePainter } from '../../../core/explanation/template-painter.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import type { CommandContext } from '../command-context.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath } from '../studio.ts';

export function templatesCommand(program: Command, context: CommandContext): void {
  program
    .command('templates <run>')
    .description(m.cli_templates())
    .requiredOption('--out <folder>', m.cli_templates_out())
    .action((named: string, flags: { out: string }) =>
      context.run('read', async (studio) => {
        const { rpc, output } = studio;
        const run = await findRun(studio, named);
        const out = personalPath(flags.out);
        const which = modelToJudge(run);
        const { blocks, ...picture } = await rpc.call('explanation.look', { runId: run.id, which });
        const { size, shape, paint } = templatePainter(blocks, picture);
        for (let offset = 0, total = 1; offset < total;) {
          const bank = await rpc.call('explanation.templates', { runId: run.id, which, offset, limit: 256 });
          total = bank.total;
          const count = bank.scales.length;
          for (let i = 0; i < count; i++) {
            const unit = offset + i;
            const scale = bank.scales[i]!;
            const pixels = paint(bank.templates.subarray(i * size, (i + 1) * size), scale);
            const { png } = await rpc.call('pictures.encode', { ...shape, pixels });
            const name = bank.layer === 'class' ? bank.classes[unit]! : `unit ${unit}`;
            const file = join(out, `${String(unit).padStart(4, '0')}-${fileName(name)}.png`);
            await write(out, file, png);
            output.result({ type: 'template', name, file, scale }, () => `${file}  ±${scale.toPrecision(3)}`);
          }
          offset += count;
        }
      }),
    );
}

/** A class may be called anything; a file may not. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);
}

async function write(folder: string, file: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, bytes);
  } catch (cause) {
    throw new StudioError('FILE_NOT_WRITTEN', {
      path: file,
      reason: cause instanceof Error ? cause.message : String(cause),
    });
  }
}
