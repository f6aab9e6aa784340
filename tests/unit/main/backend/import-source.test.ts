import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../../../scripts/project.ts';
import { carryEdits, compareSource, readSource, sourceKey } from '../../../../main/backend/import-source.ts';
import {
  allFiles,
  folderSource,
  importFrom,
  openStudio,
  removeStudio,
  type Studio,
} from '../../../support/importing.ts';
import { sharedFile } from '../../../support/shared.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let studio: Studio;
let folder: string;
beforeEach(async () => {
  studio = await openStudio();
  folder = temporaryFolder('source');
});
afterEach(async () => {
  await removeStudio(studio);
  rmSync(folder, { recursive: true, force: true });
});

/** A striped picture; the seed decides what it looks like. */
function picture(seed: number, side = 32): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from({ length: side * side * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
      return 128 + 100 * Math.sin((x * (1 + (seed % 5)) + y * (1 + (seed % 7)) + seed * 3) / 6 + (i % 3));
    }),
  );
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

async function write(path: string, data: Buffer | Promise<Buffer>): Promise<void> {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), await data);
}

async function writeClasses(perClass = 10): Promise<void> {
  for (const [c, name] of ['cat', 'dog'].entries()) {
    for (let i = 0; i < perClass; i++) await write(`${name}/${i}.png`, picture(c * 100 + i));
  }
}

describe('importing a folder', () => {
  it('keeps pixels, labels and a stratified split, and accounts for every entry', async () => {
    await writeClasses();
    await write('cat/text.jpg', Buffer.from('no picture'));
    await write('cat/wrong.jpg', picture(55));

    const id = await importFrom(studio, folderSource(folder));

    const { counts, classes, outcomes, warnings, kind } = studio.datasets.get(id);
    expect({ kind, classes, outcomes }).toEqual({
      kind: 'folder',
      classes: ['cat', 'dog'],
      outcomes: { imported: 20, warned: 1, rejected: 1, skipped: 0, ignored: 0 },
    });
    expect(counts).toEqual({ train: 17, validation: null, test: 4 });
    expect(warnings.map(({ code }) => code)).toEqual(['split-made']);
    const [first] = studio.datasets.pictures(id, Uint32Array.of(0));
    expect(first).toMatchObject({ path: 'cat/0.png', label: 0, originalWidth: 32, outcome: 'imported' });
    const raw = await sharp(join(folder, 'cat/0.png'))
      .raw()
      .toBuffer()
      .catch(() => null);
    if (raw !== null) expect(Buffer.compare(raw, studio.datasets.pixels(id, Uint32Array.of(0)))).toBe(0);
    expect(allFiles(studio, id).find(({ path }) => path === 'cat/text.jpg')).toMatchObject({
      outcome: 'rejected',
      reason: { code: 'unrecognised' },
      label: 'cat',
    });
  });

  it('changes nothing in the folder of the person, nor does any edit afterwards', async () => {
    await writeClasses();
    const before = glance(folder);

    const id = await importFrom(studio, folderSource(folder));
    studio.datasets.edit(id, Uint32Array.of(1), { kind: 'label', label: 1 });
    studio.datasets.edit(id, Uint32Array.of(2), { kind: 'exclude' });
    studio.datasets.trash(id);

    expect(glance(folder)).toEqual(before);
  });

  it('gives the same dataset version however many decoders work', async () => {
    await writeClasses(30);
    const first = await importFrom(studio, folderSource(folder));
    const second = await importFrom(studio, folderSource(folder));
    expect(studio.datasets.version(second).version).toBe(studio.datasets.version(first).version);
  });

  it('names copies, leaks and conflicts', async () => {
    for (const split of ['train', 'test']) {
      for (const [c, name] of ['cat', 'dog'].entries()) {
        for (let i = 0; i < 3; i++)
          await write(`${split}/${name}/${i}.png`, picture((split === 'test' ? 50 : 0) + c * 7 + i * 11));
      }
    }
    await write('train/cat/leak.png', picture(77));
    await write('test/cat/renamed.png', picture(77));
    await write('train/cat/conflict.png', picture(91));
    await write('train/dog/conflict.png', picture(91));

    const { problems } = studio.datasets.get(await importFrom(studio, folderSource(folder)));

    expect(problems).toMatchObject({ exactDuplicates: 2, leaks: 1, conflicts: 1 });
  });

  it('leaves nothing behind when it is cancelled, within a second', async () => {
    await writeClasses(200);
    const controller = new AbortController();
    let cancelledAt = Infinity;
    const importing = importFrom(studio, folderSource(folder), {
      signal: controller.signal,
      onProgress: () => {
        cancelledAt = Math.min(cancelledAt, performance.now());
        controller.abort();
      },
    });

    await expect(importing).rejects.toMatchObject({ code: 'CANCELLED' });

    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    expect(readdirSync(studio.datasets.caches)).toEqual([]);
    expect(studio.datasets.list()).toEqual([]);
    expect(studio.store.db.prepare('SELECT count(*) FROM source_entry').pluck().get()).toBe(0);
  });

  it('goes on from what an interrupted import has read', async () => {
    await writeClasses(1000);
    const source = folderSource(folder);
    const { datasets: repository, decoders } = studio;
    const signal = new AbortController().signal;
    const closing: Promise<void>[] = [];
    await expect(
      readSource(source, {
        repository,
        decoders,
        signal,
        onProgress: (done) => {
          if (done > 0 && closing.length === 0) closing.push(decoders.close());
        },
      }),
    ).rejects.toThrow();
    await Promise.all(closing);
    const reopened = await openStudio(studio.path);
    repository.close();
    studio.store.close();
    studio = reopened;
    const unfinished = studio.datasets.unfinishedReading(sourceKey(source));
    expect([...studio.datasets.entries(unfinished!)].length).toBeGreaterThan(0);
    const decoded: number[] = [];
    const decode = studio.decoders.decode.bind(studio.decoders);
    studio.decoders.decode = (batch, ...rest) => {
      decoded.push(batch.ends.length);
      return decode(batch, ...rest);
    };

    const id = await importFrom(studio, source);

    expect(studio.datasets.version(id).count).toBe(2000);
    expect(decoded.reduce((a, b) => a + b, 0)).toBeLessThan(2000);
    expect(studio.datasets.unfinishedReading(sourceKey(source))).toBeNull();
  });

  it('counts what was added, removed and changed, wherever in the folder it is', async () => {
    await writeClasses(8);
    const id = await importFrom(studio, folderSource(folder));
    for (const name of ['00', '01', '02']) await write(`cat/${name}.png`, picture(7)); // before all others
    for (const name of ['3a', '9', 'z']) await write(`dog/${name}.png`, picture(8));
    for (const name of ['cat/4', 'cat/5', 'dog/0', 'dog/7']) rmSync(join(folder, `${name}.png`));
    for (const name of ['cat/0', 'cat/7', 'dog/4']) utimesSync(join(folder, `${name}.png`), 5, 5);
    await write('dog/5.png', Buffer.from('shorter'));

    const changes = await compareSource(
      studio.datasets,
      studio.datasets.version(id),
      studio.datasets.source(id),
      studio.decoders,
    );

    expect(changes).toEqual({ state: 'changed', added: 6, removed: 4, modified: 4 });
  });

  it('reads only what changed when it is done again, and keeps what a person edited', async () => {
    await writeClasses();
    const id = await importFrom(studio, folderSource(folder));
    const before = studio.datasets.version(id);
    const compare = () =>
      compareSource(studio.datasets, studio.datasets.version(id), studio.datasets.source(id), studio.decoders);
    expect(await compare()).toMatchObject({ state: 'unchanged' });
    studio.datasets.edit(id, Uint32Array.of(3), { kind: 'exclude' });
    await write('dog/new.png', picture(500));
    rmSync(join(folder, 'cat/0.png'));
    utimesSync(join(folder, 'cat/1.png'), 5, 5);
    expect(await compare()).toEqual({ state: 'changed', added: 1, removed: 1, modified: 1 });
    const decoded: string[] = [];
    const sizes: number[] = [];
    const decode = studio.decoders.decode.bind(studio.decoders);
    studio.decoders.decode = (batch, ...rest) => {
      decoded.push(...batch.names);
      sizes.push(...batch.ends.map((end, i) => end - (batch.ends[i - 1] ?? 0)));
      return decode(batch, ...rest);
    };

    const previous = studio.datasets.version(id);
    const { reading, source } = await readSource(
      folderSource(folder),
      {
        repository: studio.datasets,
        decoders: studio.decoders,
        signal: new AbortController().signal,
        onProgress: () => {},
      },
      previous,
    );
    studio.datasets.updateDataset(id, source, carryEdits(studio.datasets, previous, reading));

    expect(decoded).toEqual(['1.png', 'new.png']);
    expect(sizes).toEqual([
      readFileSync(join(folder, 'cat/1.png')).length,
      readFileSync(join(folder, 'dog/new.png')).length,
    ]);
    const after = studio.datasets.version(id);
    expect(after.count).toBe(20);
    expect(studio.datasets.pictures(id, Uint32Array.of(2))[0]).toMatchObject({ path: 'cat/3.png', excluded: true });
    expect(studio.datasets.version(id, before.version).count).toBe(20); // the old version stays for the runs that used it
    renameSync(folder, `${folder}-moved`);
    expect(await compare()).toMatchObject({ state: 'missing' });
    renameSync(`${folder}-moved`, folder);
  });

  it('undoes an edit by returning to the version before', async () => {
    await writeClasses();
    const id = await importFrom(studio, folderSource(folder));
    const { version } = studio.datasets.version(id);

    const { editId, dataset } = studio.datasets.edit(id, Uint32Array.of(0, 1, 2), { kind: 'label', label: 1 });

    expect(dataset.classCounts).toEqual([7, 13]);
    expect(dataset.version).not.toBe(version);
    expect(studio.datasets.undo(id, editId)).toMatchObject({ version, classCounts: [10, 10] });
  });
});

describe('importing dataset files', () => {
  function idx(dimensions: number[], data: number[]): Buffer {
    const header = Buffer.alloc(4 + 4 * dimensions.length);
    header.writeUInt32BE(0x0800 + dimensions.length, 0);
    dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
    return Buffer.concat([header, Buffer.from(data)]);
  }
  const side = 8;
  const pixels = (count: number, from: number) =>
    Array.from({ length: count * side * side }, (_, i) => (i * 37 + from) & 255);

  it('reads IDX files of a folder as one dataset, gzipped or not', async () => {
    await write('train-images-idx3-ubyte', idx([6, side, side], pixels(6, 0)));
    await write('train-labels-idx1-ubyte', idx([6], [0, 1, 2, 0, 1, 2]));
    await write('t10k-images-idx3-ubyte.gz', gzipSync(idx([3, side, side], pixels(3, 99))));
    await write('t10k-labels-idx1-ubyte.gz', gzipSync(idx([3], [2, 1, 0])));

    const id = await importFrom(studio, folderSource(folder));

    expect(studio.datasets.get(id)).toMatchObject({
      kind: 'idx',
      width: side,
      channels: 1,
      classes: ['0', '1', '2'],
      counts: { train: 6, validation: null, test: 3 },
    });
    expect([...studio.datasets.pixels(id, Uint32Array.of(1))]).toEqual(pixels(6, 0).slice(64, 128));
    expect([...studio.datasets.version(id).labels]).toEqual([0, 1, 2, 0, 1, 2, 2, 1, 0]);
    expect(allFiles(studio, id)).toHaveLength(4);
  });

  it('refuses IDX files whose counts do not fit', async () => {
    await write('train-images-idx3-ubyte', idx([6, side, side], pixels(6, 0)));
    await write('train-labels-idx1-ubyte', idx([5], [0, 1, 2, 0, 1]));
    await expect(importFrom(studio, folderSource(folder))).rejects.toMatchObject({
      code: 'BAD_DATASET_FILE',
      details: { reason: '5 ≠ 6' },
    });
  });

  it('reads CIFAR batches, planes interleaved and classes named', async () => {
    const record = (label: number) =>
      Buffer.concat([Buffer.of(label), Buffer.alloc(1024, 10 + label), Buffer.alloc(1024, 20), Buffer.alloc(1024, 30)]);
    await write('data_batch_1.bin', Buffer.concat([record(0), record(1)]));
    await write('test_batch.bin', record(9));
    const names = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');
    await write('batches.meta.txt', Buffer.from(`${names.join('\n')}\n\n`));

    const id = await importFrom(studio, folderSource(folder));

    expect(studio.datasets.get(id)).toMatchObject({ kind: 'cifar', classes: names, counts: { train: 2, test: 1 } });
    expect([...studio.datasets.pixels(id, Uint32Array.of(1)).subarray(0, 6)]).toEqual([11, 20, 30, 11, 20, 30]);
  });
});

const abuse = sharedFile('abuse/make-bad-folder.mjs', 'bad folders');

describe.skipIf(abuse === null)('bad folders', () => {
  it('are imported with every entry accounted for, or refused with a reason', async () => {
    const tools = join(folder, 'tools');
    cpSync(join(abuse!, '..'), tools, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(tools, 'node_modules'));
    const tool = join(tools, 'make-bad-folder.mjs');
    const bad = join(folder, 'bad');
    execFileSync(process.execPath, [tool, bad, '--seed', '1']);
    const { datasets } = JSON.parse(readFileSync(join(bad, 'manifest.json'), 'utf8')) as {
      datasets: { root: string }[];
    };
    const refusals = new Map<string, string>();

    for (const { root: name } of datasets) {
      let id: string;
      try {
        id = await importFrom(studio, folderSource(join(bad, name)));
      } catch (cause) {
        refusals.set(name, (cause as { code: string }).code);
        continue;
      }
      const report = join(folder, 'report.json');
      const files = allFiles(studio, id).map((file) => ({ ...file, reason: file.reason?.code }));
      writeFileSync(report, JSON.stringify({ files }));
      execFileSync(process.execPath, [tool, '--check', report, bad, '--root', name]); // throws unless all is as it should be
      if (name === 'splits') expect(studio.datasets.get(id).problems.leaks).toBe(1);
    }
    execFileSync(process.execPath, [tool, '--clean', bad]);

    expect([...refusals]).toEqual([
      ['degenerate/no_images', 'NO_IMAGES_FOUND'],
      ['degenerate/one_class', 'ONE_CLASS'],
    ]);
  });
});

/** Every entry with its size, times and bytes. */
function glance(path: string): object[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs, ctimeMs, mode, ino } = statSync(join(path, name));
      const isFile = statSync(join(path, name)).isFile();
      return { name, size, mtimeMs, ctimeMs, mode, ino, bytes: isFile ? readFileSync(join(path, name), 'base64') : '' };
    });
}
