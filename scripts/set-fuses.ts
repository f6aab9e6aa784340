/** Called by electron-builder when a package lies ready: closes what the studio does not use of Electron. */
import { join } from 'node:path';
import { flipFuses, type FuseConfig, FuseV1Options, FuseVersion } from '@electron/fuses';
import type { AfterPackContext } from 'electron-builder';

export const fuses = {
  version: FuseVersion.V1,
  // A fuse that a later Electron adds fails the build until it stands here.
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies FuseConfig;

export async function afterPack({ appOutDir, electronPlatformName, packager }: AfterPackContext): Promise<void> {
  const { productFilename } = packager.appInfo;
  const names: Readonly<Record<string, string>> = {
    darwin: `${productFilename}.app`,
    mas: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
  };
  const program = names[electronPlatformName] ?? (packager as { executableName?: string }).executableName;
  if (program === undefined) throw new Error(`Nothing is known about the program of ${electronPlatformName}.`);
  // An Apple chip runs only what is signed; changed bytes need a new signature, if only an unnamed one.
  await flipFuses(join(appOutDir, program), { ...fuses, resetAdHocDarwinSignature: electronPlatformName === 'darwin' });
}
