/** The package taken apart: what it lacks, the studio lacks. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../../scripts/project.ts';
import { extractStudio, packageStudio } from '../../support/package-studio.ts';

let made: Promise<string> | null = null;

/** Made at its first use, once for all journeys that this process runs; another one has a folder of its own. */
export function packagedFolder(): Promise<string> {
  made ??= make(path.join(root, 'test-results', `package-${process.env['TEST_PARALLEL_INDEX'] ?? '0'}`));
  return made;
}

async function make(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  return extractStudio(await packageStudio(folder), path.join(folder, 'extracted'));
}
