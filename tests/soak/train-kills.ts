/**
 * Kills the built `train` command with a kill loop that knows nothing of the studio, and looks at what it left with SQL of
 * its own:
 *
 *     npm run build && npm run soak -- train-kills [kills] [seed] [signal] [backend]
 *
 * After each kill the database has to be sound and hold every acknowledged step, each once; `resume` then goes on. At the end
 * the run is let to its end, and its weights have to be those of a run that nobody disturbed. Exit code 0 only then.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { cli, requireBuild, requireShared, soakFolder, studio } from './soak.ts';

const [task = '', folder = ''] = process.argv[2]?.startsWith('--') ? process.argv.slice(2) : [];
if (task === '--check') check(folder);
else if (task === '--final') final(folder);
else main(process.argv.slice(2));

function main([kills = '50', seed = '1', signal = 'SIGKILL', backend = 'auto']: string[]): void {
  requireBuild();
  const killLoop = requireShared('abuse/kill-loop.mjs');
  const pictures = requireShared('data/cifar10-small.tar');
  const root = soakFolder('train-kills');
  const [source, trial, alone, killed] = ['source', 'trial', 'alone', 'killed'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  mkdirSync(source);
  execFileSync('tar', ['xf', pictures, '-C', source]);
  studio(alone, 'import', source, '--name', 'small');
  for (const copy of [trial, killed]) execFileSync('cp', ['-r', alone, copy]);

  const recipe = join(root, 'recipe.json');
  writeFileSync(
    recipe,
    JSON.stringify(studio(alone, 'recipe', 'small', '--hidden', '128', '--seed', '7', '--backend', backend)),
  );
  const measured = studio(trial, 'train', 'small', '--recipe', recipe, '--epochs', '20');
  const { trainSeconds } = measured['timing'] as { trainSeconds: number };
  // Long enough that it is not over before the last kill.
  const epochs = Math.ceil((Number(kills) * 1.2 * 20) / trainSeconds);
  const flags = `small --recipe "${recipe}" --epochs ${epochs} --json`;
  const uninterrupted = studio(alone, 'train', ...['small', '--recipe', recipe, '--epochs', String(epochs)]);
  writeFileSync(join(root, 'expected'), String(uninterrupted['weightsSha256']));
  process.stdout.write(`${epochs} epochs, undisturbed: ${String(uninterrupted['weightsSha256'])}\n`);

  const node = `"${process.execPath}"`;
  const resume = `${node} "${cli}" resume --json --data "${killed}"`;
  const train = `${node} "${cli}" train ${flags} --data "${killed}"`;
  const self = `${node} "${import.meta.filename}"`;
  const report = join(root, 'kills.json');
  const { status } = spawnSync(
    process.execPath,
    [
      killLoop,
      ...['--start', `${resume} || ${train}`, '--ready', '"type":"ack"'],
      ...['--check', `${self} --check "${killed}"`, '--final', `${self} --final "${root}"`],
      ...['--n', kills, '--seed', seed, '--max-ms', '600', '--check-timeout', '900000', '--signal', signal],
      ...['--json', report],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const outcome = JSON.parse(readFileSync(report, 'utf8')) as Record<string, unknown>;
  const { n, passed, failed, phases, final: end } = outcome;
  process.stdout.write(`${JSON.stringify({ kills: n, passed, failed, phases, final: end })}\n`);
  if (status === 0) rmSync(root, { recursive: true, force: true });
  else process.stderr.write(`${JSON.stringify(outcome['runs'])}\nWhat is left lies in ${root}\n`);
  process.exit(status ?? 1);
}

/** Reads with SQL, not with the studio: what counts is what is on disk. */
function check(dataFolder: string): void {
  const acknowledged = Math.max(0, ...acks(process.env['KILL_LOOP_ALL']!));
  const database = new Database(join(dataFolder, 'tessera.sqlite'), { readonly: true });
  const problems: string[] = [];
  const integrity = database.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') problems.push(`integrity: ${String(integrity)}`);
  const runs = database.prepare('SELECT id, step, status FROM run').all() as { id: string; step: number }[];
  if (runs.length > 1) problems.push(`${runs.length} runs`);
  const blocks = database.prepare('SELECT first_step, last_step, count FROM step_block ORDER BY first_step').all() as {
    first_step: number;
    last_step: number;
    count: number;
  }[];
  let stored = 0;
  for (const { first_step, last_step, count } of blocks) {
    if (first_step !== stored + 1 || count !== last_step - first_step + 1) problems.push(`block at ${first_step}`);
    stored = last_step;
  }
  const lost = Math.max(0, acknowledged - Math.min(stored, runs[0]?.step ?? 0));
  if (lost > 0) problems.push(`${lost} acknowledged steps lost`);
  process.stdout.write(`${JSON.stringify({ acknowledged, stored, lost, problems })}\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}

function acks(file: string): number[] {
  return [...readFileSync(file, 'utf8').matchAll(/"type":"ack","run":"[^"]*","step":(\d+)/g)].map(([, step]) =>
    Number(step),
  );
}

function final(root: string): void {
  const { weightsSha256, run } = studio(join(root, 'killed'), 'resume');
  const expected = readFileSync(join(root, 'expected'), 'utf8');
  const isSame = weightsSha256 === expected;
  process.stdout.write(
    `run ${String(run)}: ${isSame ? 'the same weights' : `${String(weightsSha256)} ≠ ${expected}`}\n`,
  );
  process.exit(isSame ? 0 : 1);
}
