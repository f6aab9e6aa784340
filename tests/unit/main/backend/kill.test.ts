import { cpSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Recipe } from '../../../../core/recipe/recipe.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { uniform } from '../../../../core/random/sampling.ts';
import { killLoop, sampleFolder } from '../../../support/kill-loop.ts';
import { startProgram } from '../../../support/programs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** More than twice what twenty kills let it train: others may keep the machine busy now and not later. */
const seconds = 8;
const root = temporaryFolder('kill');
let recipe: Recipe;

beforeAll(async () => {
  recipe = await sampleFolder(`${root}/start`, seconds);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function freshFolder(name: string): string {
  cpSync(`${root}/start`, `${root}/${name}`, { recursive: true });
  return `${root}/${name}`;
}

function randomOf(seed: number): () => number {
  const generator = createGenerator(seed, 'kills');
  return () => uniform(generator);
}

it(
  'a studio that is killed 20 times loses no acknowledged step and ends with the weights of one left alone',
  { timeout: 240_000 },
  async () => {
    const alone = await killLoop(freshFolder('alone'), recipe, 0, randomOf(1), 0);
    const killed = await killLoop(freshFolder('killed'), recipe, 20, randomOf(2), 300);

    expect(killed).toEqual({ kills: 20, lost: 0, problems: [], weightsSha256: alone.weightsSha256 });
    expect(alone.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  },
);

it('one that acknowledges before the commit is found out', { timeout: 120_000 }, async () => {
  const planted = await killLoop(freshFolder('planted'), recipe, 3, () => 0.9, 100, 'plant');

  expect(planted.lost).toBeGreaterThan(0);
});

it(
  'a studio whose compute is killed three times goes on by itself to the same weights',
  { timeout: 120_000 },
  async () => {
    const shorter = JSON.stringify({ ...recipe, epochs: Math.ceil(recipe.epochs / 2) });
    const alone = startProgram('train', freshFolder('compute-alone'), shorter);
    await alone.ended;

    const studio = startProgram('train', freshFolder('compute-killed'), shorter);
    for (let kill = 1; kill <= 3; kill++) {
      const started = await studio.line('HELPER', kill);
      await studio.line('ACK', kill * 2);
      process.kill(Number(started!.split(' ')[1]), 'SIGKILL');
    }
    await studio.ended;

    expect(studio.lines.at(-1)).toBe(alone.lines.at(-1));
    expect(alone.lines.at(-1)).toMatch(/^DONE finished [0-9a-f]{64} $/);
  },
);
