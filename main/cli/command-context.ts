import type { Studio } from './studio.ts';

/** What a command needs of the program around it. */
export interface CommandContext {
  readonly dataFolder: string;
  /** Opens a studio, does the work, closes it; a failure becomes the last line and exit code 1. */
  run(access: 'read' | 'write', work: (studio: Studio) => Promise<void>): Promise<void>;
  /** The same for work that opens its own studio. */
  attempt(work: () => Promise<unknown>): Promise<void>;
  /** For a command that did its work and found what a script should notice, such as a wrong gradient. */
  exitWith(code: 1): void;
}
