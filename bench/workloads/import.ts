/**
 * A folder of pictures becomes a dataset: found, read, hashed, decoded, fitted, written, searched for duplicates, reported. Pillow only
 * reads and decodes: open, turn by EXIF, convert, resize, keep the bytes, in as many processes as there are cores.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Comparison, Contestant, Workload } from '../comparison.ts';
import { PythonPeer } from '../python-peer.ts';
import { tessera } from '../studio-program.ts';

export const workload: Workload = {
  name: 'import',
  async *comparisons(options): AsyncGenerator<Comparison> {
    const { pictures, photos, isQuick, missing } = options;
    const canCool = dropCaches();
    if (!canCool) missing('import from a cold cache: dropping the page cache needs root on Linux');
    for (const [name, folder] of [
      ['CIFAR-10, 60,000 JPEG of 32 × 32', pictures],
      ['820 photos of about 400 × 600', photos],
    ] as const) {
      if (folder === null) continue;
      for (const isCold of canCool ? [false, true] : [false]) {
        yield {
          workload: 'import',
          title: `import of ${name}, ${isCold ? 'cold' : 'warm'}`,
          threads: 2,
          unit: 's',
          rounds: isQuick ? 1 : 3,
          contestants: [studio(folder, isCold), ...pillow(options, folder, isCold)],
        };
      }
    }
  },
};

/** Wall time of the command, start of the program and report included. */
function studio(folder: string, isCold: boolean): Contestant {
  const scratch = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  let number = 0;
  return {
    name: 'studio (whole import, report)',
    side: 'studio',
    measure: async () => {
      const data = join(scratch, String(number++));
      if (isCold) dropCaches();
      const startedAt = performance.now();
      await tessera(data, 'import', folder, '--report', join(scratch, 'report.json'));
      const seconds = (performance.now() - startedAt) / 1000;
      rmSync(data, { recursive: true, force: true });
      return seconds;
    },
    close: () => Promise.resolve(rmSync(scratch, { recursive: true, force: true })),
  };
}

function pillow({ python }: BenchOptions, folder: string, isCold: boolean): Contestant[] {
  if (python === null) return [];
  const peer = new PythonPeer(python, 'pictures', 2);
  return [
    {
      name: 'Pillow (decoding alone)',
      side: 'peer',
      measure: async () => {
        if (isCold) dropCaches();
        return (await peer.ask<{ seconds: number }>({ folder, side: 32 })).seconds;
      },
      close: () => peer.close(),
    },
  ];
}

/** Linux's page cache, directories and inodes. */
function dropCaches(): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}
