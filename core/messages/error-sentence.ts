/** The sentence that belongs to an error's code, in the reader's language. */
import { m } from './compiled/messages.js';
import type { Locale } from './compiled/runtime.js';

type Sentence = (details: Readonly<Record<string, unknown>>, options: { locale?: Locale }) => string;
const sentences = new Map(Object.entries(m as unknown as Record<string, Sentence>));

export interface ErrorLike {
  readonly code: string;
  readonly details: unknown;
}

/** The message `error_<code>` with the error's details filled in; a code without a message is named as it is. */
export function errorSentence(error: ErrorLike, locale?: Locale): string {
  const options = locale === undefined ? {} : { locale };
  const sentence = sentences.get(`error_${error.code.toLowerCase()}`);
  if (sentence === undefined) return m.error_unnamed({ code: error.code }, options);
  return sentence(withSizes((error.details ?? {}) as Record<string, unknown>), options);
}

/** Numbers of bytes as a person reads them; what is needed is rounded up, what is there down. */
function withSizes(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => {
      if (typeof value !== 'number' || !key.endsWith('Bytes')) return [key, value];
      const round = key === 'neededBytes' ? Math.ceil : Math.floor;
      const [unit, name] = value >= 1e9 ? [1e8, 'GB'] : value >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
      return [key, `${round(value / unit) / (name === 'GB' ? 10 : 1)} ${name}`];
    }),
  );
}

/** The message of a coded reason, such as `import_reason_truncated`; a code without a message is shown as it is. */
export function reasonSentence(
  prefix: string,
  reason: { readonly code: string; readonly details?: unknown },
  locale?: Locale,
): string {
  const sentence = sentences.get(`${prefix}_${reason.code.replaceAll('-', '_').toLowerCase()}`);
  const options = locale === undefined ? {} : { locale };
  return sentence?.((reason.details ?? {}) as Record<string, unknown>, options) ?? reason.code;
}
