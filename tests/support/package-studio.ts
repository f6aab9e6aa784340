/** Packages the built studio around a stub of Electron, offline: everything but Electron itself is as it will be shipped. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { extractAll } from '@electron/asar';
import { root } from '../../scripts/project.ts';

/** What Electron's program carries for its fuses: a sentinel, the version, the number, and each `0`. */
const fuseWire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 9]),
  Buffer.from('0'.repeat(9)),
]);

/** The files of Electron that electron-builder copies or looks for. */
const stubFiles = [
  ...['icudtl.dat', 'resources.pak', 'chrome_100_percent.pak', 'chrome_200_percent.pak', 'snapshot_blob.bin'],
  ...['v8_context_snapshot.bin', 'libffmpeg.so', 'LICENSE', 'LICENSES.chromium.html', 'version'],
  ...['locales/en-US.pak', 'locales/ko.pak', 'locales/de.pak'],
];

export interface PackagedStudio {
  readonly program: string;
  readonly asar: string;
  readonly unpacked: string;
}

/** Takes about ten seconds. @throws Error with what electron-builder said when it fails. */
export async function packageStudio(folder: string): Promise<PackagedStudio> {
  const stub = path.join(folder, 'electron');
  for (const file of stubFiles) {
    await mkdir(path.dirname(path.join(stub, file)), { recursive: true });
    await writeFile(path.join(stub, file), '');
  }
  await mkdir(path.join(stub, 'resources'), { recursive: true });
  for (const program of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) {
    await writeFile(path.join(stub, program), Buffer.concat([Buffer.from('stub'), fuseWire]));
    await chmod(path.join(stub, program), 0o755);
  }

  const out = path.join(folder, 'release');
  const builder = createRequire(import.meta.url).resolve('electron-builder/cli.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      builder,
      '--linux',
      'dir',
      '--x64',
      '--publish',
      'never',
      `-c.electronDist=${stub}`,
      `-c.directories.output=${out}`,
    ],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: '', FORCE_COLOR: '0' } },
  );
  if (status !== 0) throw new Error(`electron-builder ended with ${status}:\n${stdout}\n${stderr}`);
  const unpackedFolder = path.join(out, 'linux-unpacked');
  const asar = path.join(unpackedFolder, 'resources/app.asar');
  return { program: path.join(unpackedFolder, 'tessera'), asar, unpacked: `${asar}.unpacked` };
}

/** The packaged studio as plain files, for a Node that cannot look into an archive. */
export function extractStudio({ asar }: Pick<PackagedStudio, 'asar'>, folder: string): string {
  extractAll(asar, folder);
  return folder;
}
