/**
 * What the command line says, and where: results on standard output (with `--json` one object a line and nothing
 * else), progress and words on standard error.
 */
import progressBars, { type SingleBar } from 'cli-progress'; // whose names Node does not find by itself
import { isStudioError, StudioError } from '../../core/errors.ts';
import { errorSentence } from '../../core/messages/error-sentence.ts';

export interface Output {
  readonly json: boolean;
  /** One result: as a line of JSON, or as the words that `words` makes of it. */
  result(value: object, words: () => string): void;
  /** Something a person may want to know, never part of the result. */
  note(text: string): void;
  /** How far a job is; one bar at a time, on standard error, also where that is a file. */
  progress(title: string, done: number, total: number | null): void;
  endProgress(): void;
}

export function createOutput(json: boolean): Output {
  let bar: SingleBar | null = null;
  let shown = '';
  const endProgress = () => {
    bar?.stop();
    bar = null;
    shown = '';
  };
  return {
    json,
    result(value, words) {
      endProgress();
      process.stdout.write(`${json ? JSON.stringify(value) : words()}\n`);
    },
    note(text) {
      endProgress();
      process.stderr.write(`${text}\n`);
    },
    progress(title, done, total) {
      if (bar === null) {
        bar = new progressBars.SingleBar({
          format: '{title} {bar} {value}/{total} · {eta_formatted}',
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
          noTTYOutput: true,
          notTTYSchedule: 5000,
          linewrap: false,
          // Before the first rate is known there is no number of seconds.
          formatTime: (seconds, settings, roundTo) =>
            Number.isFinite(Number(seconds)) ? progressBars.Format.TimeFormat(Number(seconds), settings, roundTo) : '…',
        });
        bar.start(Math.max(1, total ?? done), done, { title });
      }
      bar.setTotal(Math.max(1, total ?? done));
      // The same number again would count as standing still, and the time left would become endless.
      if (shown === `${title} ${done}`) return;
      shown = `${title} ${done}`;
      bar.update(done, { title });
    },
    endProgress,
  };
}

/** The failure as the last line of output; returns the exit code. */
export function reportFailure(output: Output, cause: unknown): 1 {
  output.endProgress();
  const error: StudioError = isStudioError(cause)
    ? cause
    : new StudioError('INTERNAL', { reference: 'the lines below' }, { cause });
  const message = errorSentence(error);
  if (output.json) {
    process.stdout.write(`${JSON.stringify({ type: 'error', code: error.code, message, details: error.details })}\n`);
  } else {
    process.stderr.write(`${message}\n`);
  }
  if (error.code === 'INTERNAL') process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
  return 1;
}

/** 0.4273 → `42.7 %`; absent → `–`. */
export function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${(fraction * 100).toFixed(1)} %`;
}
