/** The studio's words as a person reads them, so that a journey follows a reworded label. */
import en from '../../core/messages/en.json' with { type: 'json' };
import ko from '../../core/messages/ko.json' with { type: 'json' };

export { en, ko };

/** A sentence, or its forms for one thing and for many. */
type Message = string | readonly { readonly match: Readonly<Record<string, string | undefined>> }[];

/** A message with its placeholders filled in; those that are left out match anything. */
export function saying(message: Message, values: Readonly<Record<string, string | number>> = {}): RegExp {
  const forms = typeof message === 'string' ? [message] : message.flatMap(({ match }) => Object.values(match));
  return new RegExp(`^(${forms.map((form) => patternOf(form!, values)).join('|')})$`);
}

function patternOf(form: string, values: Readonly<Record<string, string | number>>): string {
  const parts = form.split(/(\{\w+\})/);
  return parts
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      return name === undefined
        ? escaped(part)
        : name in values
          ? escaped(String(values[name]))
          : String.raw`[^\n]{1,60}`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
