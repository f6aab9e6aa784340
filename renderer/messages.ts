/** Messages by name, and the sentences that codes stand for. */
import './language.svelte.ts'; // the messages' language must be ours before the first of them is read
import { errorSentence as sentenceOf, reasonSentence } from '../core/messages/error-sentence.ts';
import { StudioError } from '../core/errors.ts';

export { m } from '../core/messages/compiled/messages.js';

/** A coded reason, remark or warning as a sentence: `codeMessage('import_reason', 'truncated', {…})`. */
export function codeMessage(prefix: string, code: string, details: Readonly<Record<string, unknown>> = {}): string {
  return reasonSentence(prefix, { code, details });
}

/** What happened and what to try, in the person's language; also of an error that is only a code and its details. */
export function errorSentence(cause: unknown): string {
  if (cause instanceof StudioError || isErrorValue(cause)) return sentenceOf(cause);
  return sentenceOf({
    code: 'INTERNAL',
    details: { reference: cause instanceof Error ? cause.message : String(cause) },
  });
}

function isErrorValue(cause: unknown): cause is { code: string; details: unknown } {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    'details' in cause
  );
}
