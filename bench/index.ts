/**
 * The benchmark: the studio beside PyTorch, scikit-learn, scikit-image, OpenCV and Pillow, each at its best, in turns in one run.
 *
 *     npm run bench                          everything that can be run here
 *     npm run bench -- steps epochs          these parts: files of bench/workloads
 *     npm run bench -- --peers               how the peers are installed, and which are there
 *     npm run bench -- --threads 1           only with so many threads (default 1 and as many as there are cores)
 *     npm run bench -- --quick               shorter: to see that it runs, not to be quoted
 *     npm run bench -- --json FILE           where the figures go (default bench-results.json in test-results)
 *
 * Prints a table; `×` is how many times as fast as the best peer of the same row the studio is. "Only the products" leaves out all else of a
 * step: its × is the most that could be won at the peer's own rate of multiplying. Nothing else should run meanwhile.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/build.ts';
import { root } from '../scripts/project.ts';
import { compare, type BenchOptions, type Row, type Workload } from './comparison.ts';
import { unpackedPictures } from './pictures.ts';
import { findPython, peerVersions } from './python-peer.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    threads: { type: 'string' },
    json: { type: 'string' },
  },
});

const python = findPython();
if (values.peers && positionals.length === 0) {
  console.log('On Debian: apt-get install python3-torch python3-sklearn python3-skimage python3-opencv python3-pil');
  console.log(python === null ? 'No Python with torch and scikit-learn was found.' : peerVersions(python));
} else await main();

async function main(): Promise<void> {
  await ensureBuilt();
  const missed = new Set<string>();
  const missing = (what: string) => {
    if (!missed.has(what)) console.log(`not measured: ${what}`);
    missed.add(what);
  };
  if (python === null)
    missing('PyTorch and scikit-learn are not here; npm run bench -- --peers says how to bring them');
  const threads =
    values.threads === undefined ? [...new Set([1, availableParallelism()])] : values.threads.split(',').map(Number);
  const options: BenchOptions = {
    threads,
    isQuick: values.quick,
    python,
    pictures: unpackedPictures('data/cifar10.tar', missing),
    photos: unpackedPictures('data/photos-small.tar', missing),
    missing,
  };

  const folder = join(root, 'bench/workloads');
  const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part called ${unknown}: ${names.join(', ')}.`);
  const rows: Row[] = [];
  for (const name of names.filter((one) => positionals.length === 0 || positionals.includes(one))) {
    const { workload } = (await import(`./workloads/${name}.ts`)) as { workload: Workload };
    for await (const comparison of workload.comparisons(options)) {
      const measured = await compare(comparison);
      print(measured);
      rows.push(...measured);
    }
  }

  const file = values.json === undefined ? join(root, 'test-results/bench-results.json') : resolve(values.json);
  mkdirSync(dirname(file), { recursive: true });
  const about = {
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    node: process.version,
    peers: python === null ? null : peerVersions(python),
    isQuick: values.quick,
    missing: [...missed],
  };
  writeFileSync(file, `${JSON.stringify({ about, rows }, null, 1)}\n`);
  console.log(`\n${about.processor}, ${about.cores} cores, Node ${about.node}; ${about.peers ?? 'no peers'}\n${file}`);
  process.exit(0); // threads that wait for work would keep it alive
}

function print(rows: readonly Row[]): void {
  const [{ title, threads, unit, note }] = rows as [Row];
  console.log(`\n${title} · ${threads} thread${threads === 1 ? '' : 's'}${note === undefined ? '' : ` · ${note}`}`);
  for (const { contestant, median, best, ratio } of rows) {
    const figures = `${digits(median)} ${unit}  (best ${digits(best)})`;
    console.log(`  ${contestant.padEnd(34)} ${figures.padEnd(30)} ${ratio === null ? '' : `${ratio.toFixed(2)} ×`}`);
  }
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
