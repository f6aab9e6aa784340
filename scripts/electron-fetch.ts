/**
 * Fetches Electron's program (about 120 MB, from Electron's releases on GitHub or ELECTRON_MIRROR) into node_modules/electron.
 * Gives up after 60 s without progress. Not having it is harmless, so this always succeeds: the studio then runs in a browser.
 */
import { downloadArtifact } from '@electron/get';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { electronProgram } from './electron-program.ts';
import { root } from './project.ts';

const patienceMs = 60_000;
const folder = join(root, 'node_modules/electron');

if (electronProgram() !== null) {
  console.log('Electron is already here.');
} else if (process.env['TESSERA_NO_ELECTRON']) {
  console.log('Electron is not fetched, because TESSERA_NO_ELECTRON is set. The studio will use a browser.');
} else {
  try {
    await fetchElectron();
    console.log('Electron is ready.');
  } catch (cause) {
    console.log(`Electron could not be fetched (${reasonOf(cause)}). The studio works without it, in a browser.`);
  }
}
// A connection that hangs must not keep this process.
process.exit(0);

async function fetchElectron(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const checksums = JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')) as Record<string, string>;
  console.log(`Fetching Electron ${version} (about 120 MB; gives up after ${patienceMs / 1000} s without progress) …`);

  const stalled = Promise.withResolvers<never>();
  const giveUp = () => stalled.reject(new Error(`no progress for ${patienceMs / 1000} s`));
  let timer = setTimeout(giveUp, patienceMs);
  let lastTransferred = -1;
  let lastTenth = 0;
  const getProgressCallback = async ({ transferred, percent }: { transferred: number; percent: number }) => {
    if (transferred > lastTransferred) {
      lastTransferred = transferred;
      clearTimeout(timer);
      timer = setTimeout(giveUp, patienceMs);
    }
    const tenth = Math.floor(percent * 10);
    if (tenth > lastTenth) console.log(`  ${tenth * 10} %`);
    lastTenth = tenth;
  };
  const download = downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums,
    downloadOptions: { quiet: true, getProgressCallback },
  });
  try {
    await Promise.race([download, stalled.promise]);
  } finally {
    clearTimeout(timer);
  }
  // The archive is in the cache and checked; Electron's own installer unpacks it.
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: 'inherit',
    timeout: patienceMs,
  });
  if (status !== 0 || electronProgram() === null) throw new Error('it could not be unpacked');
}

function reasonOf(cause: unknown): string {
  const { message, cause: deeper } = cause as Error;
  const inner = deeper instanceof Error ? deeper.message : '';
  return inner === '' ? message : `${message}: ${inner}`;
}
