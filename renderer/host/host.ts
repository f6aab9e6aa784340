/** What the page asks of the program around it; the page tests for a host nowhere else. */
import type { Transport } from '../../core/rpc/transport.ts';

export interface Host {
  readonly kind: 'electron' | 'browser';
  /** Opens a wire to the backend; rejects where there is none. Called again after a wire has closed. */
  connect(): Promise<Transport>;
  /** The system's own dialog; null where the host has none and the page shows its chooser over `files.list`. */
  readonly chooseFolder: (() => Promise<string | null>) | null;
  readonly chooseFiles: (() => Promise<readonly string[] | null>) | null;
  /** Paths of dropped files on this computer; null where the host cannot tell and they have to be uploaded. */
  pathsOf(files: readonly File[]): readonly string[] | null;
  /** Lets a person keep a file. False when they changed their mind. */
  saveFile(name: string, content: Blob): Promise<boolean>;
  /** Progress on the taskbar, in [0, 1]; null removes it. */
  showProgress(fraction: number | null): void;
  /** Tells the end of a job where the window is not in front. */
  notify(title: string, body: string): void;
  /**
   * Asks before the window closes while jobs run. `isBusy` is asked at that moment; where the host can wait for an
   * answer it calls `ask` and closes when that resolves true.
   */
  onClose(isBusy: () => boolean, ask: () => Promise<boolean>): void;
}
