/** How an error travels: its code and details. Stacks and texts stay where they are. */
import { type ErrorCode, isStudioError, StudioError } from '../errors.ts';
import type { WireError } from './transport.ts';

/**
 * A StudioError as it is; anything else is a defect of the studio: the far side learns only the reference under which
 * `logInternal` has put it down.
 */
export function toWireError(cause: unknown, logInternal: (cause: unknown) => string): WireError {
  if (isStudioError(cause)) return { code: cause.code, details: cause.details };
  return { code: 'INTERNAL', details: { reference: logInternal(cause) } };
}

/** The codes of both sides come from one catalogue; a code that this side does not know keeps its name. */
export function fromWireError(error: WireError): StudioError {
  const code = error.code as ErrorCode;
  return new StudioError(code, error.details);
}
