/** The hosts that every journey runs in. */
import { browserHost } from './browser.ts';
import { electronDouble } from './electron-double.ts';
import { realElectron } from './electron.ts';
import { packagedFolder } from './packaged.ts';
import type { Host } from './host.ts';

/** The one that journeys use which are about the page and not about its host. */
export const anyHost: Host = process.env['TESSERA_HOST'] === 'electron' ? realElectron : browserHost();

export const hosts: readonly Host[] =
  process.env['TESSERA_HOST'] === 'electron'
    ? [realElectron]
    : [
        browserHost(),
        browserHost({ name: 'the browser host under its own name', underName: true }),
        browserHost({ name: 'the browser host of the package', folder: packagedFolder }),
        electronDouble,
      ];
