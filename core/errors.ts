/**
 * What can go wrong, by code.
 *
 * The code is the identity: classes do not survive the trip between processes. The sentences are messages
 * (`error_<code in lower case>` in core/messages), so that they reach a person in the person's language; this file
 * holds which details each sentence may use. Cancelling is an outcome, not a failure, and has a code all the same
 * so that a waiting call can be ended with it.
 */
export interface ErrorDetails {
  /** An option, flag or field of a recipe has a value that makes no sense. */
  INVALID_OPTION: { option: string; value: string; expected: string };
  /** A person's formula; `part` is what could not be read. */
  BAD_FORMULA: { formula: string; part: string; functions: string };
  /** No formula where at least one belongs, or more than are drawn. */
  FORMULA_COUNT: { count: number; most: number };
  SHAPE_MISMATCH: { what: string; expected: string; actual: string };
  /** A message did not pass the schema of its method. `path` names the field. */
  INVALID_INPUT: { method: string; path: string; problem: string };
  UNKNOWN_METHOD: { method: string };
  CANCELLED: Record<never, never>;
  /** A defect of the studio. `reference` finds the log line. */
  INTERNAL: { reference: string };

  /** The process on the other side of the wire ended. */
  BACKEND_LOST: { reason: string };
  COMPUTE_LOST: { reason: string };
  DECODER_LOST: { reason: string };

  DATASET_NOT_FOUND: { dataset: string };
  RUN_NOT_FOUND: { run: string };
  JOB_NOT_FOUND: { job: string };
  FOLDER_NOT_FOUND: { path: string };
  FOLDER_NOT_READABLE: { path: string; reason: string };
  NO_IMAGES_FOUND: { path: string };
  /** Single pictures lie where folders of classes are expected. */
  NO_CLASS_FOLDERS: { path: string };
  ONE_CLASS: { path: string; className: string };
  DATASET_TOO_SMALL: { pictures: number; classes: number };
  /** Each class is one picture, or copies of one, which stay together: no split can measure anything. */
  NOTHING_TO_HOLD_OUT: { pictures: number };
  BAD_DATASET_FILE: { path: string; reason: string };
  TOO_MANY_CLASSES: { classes: number; limit: number };

  TRAINING_DIVERGED: { step: number; epoch: number; learningRate: number };
  RUN_NOT_TRAINED: { run: string };
  /** The weights a run is to start from are gone. */
  START_NOT_FOUND: { run: string };
  RUN_IS_ACTIVE: { run: string };
  RUN_NOT_ACTIVE: { run: string };
  /** No run was interrupted. */
  NOTHING_TO_RESUME: Record<never, never>;
  /** After an interruption a step was computed once more and came out differently. */
  RESUME_DIFFERS: { step: number };
  /** Two runs that are to be compared have no pictures in common. */
  RUNS_DIFFER: { before: number; after: number };
  CLASSES_DIFFER: { expected: string; actual: string };
  /** More was dropped on the page than an upload may bring. */
  UPLOAD_TOO_LARGE: { files: number; gigabytes: number };
  PICTURE_REFUSED: { path: string; reason: string };

  DISK_FULL: { path: string; neededBytes: number; freeBytes: number };
  DATA_FOLDER_IN_USE: { path: string; holder: string };
  DATA_FOLDER_READ_ONLY: { path: string };
  DATA_FOLDER_UNUSABLE: { path: string; reason: string };
  DATABASE_DAMAGED: { path: string; movedTo: string };
  DATABASE_NEWER: { path: string; madeBy: string };
  CHECKPOINT_DAMAGED: { run: string };
  NODE_TOO_OLD: { version: string; needed: string };
  FILE_NOT_WRITTEN: { path: string; reason: string };
}

export type ErrorCode = keyof ErrorDetails;

export class StudioError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'StudioError';
  readonly code: Code;
  readonly details: ErrorDetails[Code];

  constructor(code: Code, details: ErrorDetails[Code], options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(details)}`, options); // for logs; people read the message of the code
    this.code = code;
    this.details = details;
  }
}

/** Narrows a caught value to one code, so that its details are typed. */
export function isStudioError<Code extends ErrorCode>(cause: unknown, code?: Code): cause is StudioError<Code> {
  return cause instanceof StudioError && (code === undefined || cause.code === code);
}

export function cancelled(): StudioError<'CANCELLED'> {
  return new StudioError('CANCELLED', {});
}
