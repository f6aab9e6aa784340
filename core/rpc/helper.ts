/**
 * How the backend gets its helper processes. Each host brings a launcher (child processes under plain Node, utility
 * processes under Electron); the backend supervises what it launches and knows the helpers by their contracts only.
 */
import type { Transport } from './transport.ts';

export type HelperKind = 'compute' | 'decoder';

export interface HelperLauncher {
  launch(kind: HelperKind): Helper;
}

export interface Helper {
  readonly transport: Transport;
  readonly pid: number | undefined;
  /** Resolves with the reason (`exit code 1`, `signal SIGKILL`) when the process has ended. */
  readonly exited: Promise<string>;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/**
 * What a helper inherits of its host's environment. Not `NODE_*`, `LD_*` or `DYLD_*`, which load code into it, and not
 * `TESSERA_*`, which tells where the store is: a helper learns what it needs from its calls.
 */
const inheritedVariables = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'USERPROFILE',
];

export function helperEnvironment(host: Readonly<Record<string, string | undefined>>): Record<string, string> {
  // Refuses every loader of the picture library that is not made for files of strangers.
  const environment: Record<string, string> = { VIPS_BLOCK_UNTRUSTED: '1' };
  for (const name of inheritedVariables) {
    const value = host[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
