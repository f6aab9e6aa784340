/** The log: one file of JSON lines in the data folder, without the person's name in its paths. */
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

export interface Log {
  readonly logger: Logger;
  /** Writes down a defect and returns the reference that the person sees. */
  readonly internalError: (cause: unknown, what: string) => string;
  close(): void;
}

const largestBytes = 5 * 2 ** 20;

/** @param folder  null where nothing can be written: the log then goes nowhere. */
export function openLog(folder: string | null, home: string = homedir()): Log {
  let file: number | null = null;
  if (folder !== null) {
    try {
      const path = join(folder, 'tessera.log');
      if (existsSync(path) && statSync(path).size > largestBytes) renameSync(path, `${path}.1`);
      file = openSync(path, 'a', 0o600);
    } catch {
      file = null; // a studio without a log is better than none
    }
  }
  const logger = pino(
    { base: null },
    {
      write(line: string) {
        if (file === null) return;
        try {
          writeSync(file, withoutHome(line, home));
        } catch {
          // a full disk: what matters is told to the person anyway
        }
      },
    },
  );
  let errors = 0;
  return {
    logger,
    internalError: (cause, what) => {
      const reference = `${process.pid.toString(36)}-${Date.now().toString(36)}-${++errors}`;
      logger.error({ err: cause, what, reference }, 'internal error');
      return reference;
    },
    close: () => {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/** Home as it stands in JSON text, and as it stands in the URLs of stack traces. */
function withoutHome(line: string, home: string): string {
  if (home.length < 2) return line;
  const inJson = JSON.stringify(home).slice(1, -1);
  return line.replaceAll(inJson, '~').replaceAll(encodeURI(home.replaceAll('\\', '/')), '~');
}
