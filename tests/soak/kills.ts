/**
 * The long kill test: `npx node --import ./tests/support/text-imports.ts tests/soak/kills.ts [kills] [seed]`.
 * Prints one line of JSON; exit code 0 only when nothing acknowledged was lost and the weights are those of a run left alone.
 */
import { cpSync, rmSync } from 'node:fs';
import { createGenerator } from '../../core/random/generator.ts';
import { uniform } from '../../core/random/sampling.ts';
import { killLoop, sampleFolder } from '../support/kill-loop.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const root = temporaryFolder('soak-kills');
const generator = createGenerator(Number(seed), 'kills');
const recipe = await sampleFolder(`${root}/alone`, 0.4 * Number(kills));
cpSync(`${root}/alone`, `${root}/killed`, { recursive: true });
const alone = await killLoop(`${root}/alone`, recipe, 0, () => 0, 0);
const killed = await killLoop(`${root}/killed`, recipe, Number(kills), () => uniform(generator), 300);
const isSame = killed.weightsSha256 === alone.weightsSha256 && alone.weightsSha256 !== '';
process.stdout.write(`${JSON.stringify({ ...killed, isSame })}\n`);
rmSync(root, { recursive: true, force: true });
process.exit(killed.lost === 0 && killed.problems.length === 0 && isSame ? 0 : 1);
