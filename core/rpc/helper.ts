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
