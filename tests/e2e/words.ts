/** The studio's words as a person reads them, so that a journey follows a reworded label. */
import en from '../../core/messages/en.json' with { type: 'json' };
import ko from '../../core/messages/ko.json' with { type: 'json' };

export { en, ko };

/** A message with its placeholders filled in; those that are left out match anything. */
export function saying(message: string, values: Readonly<Record<string, string | number>> = {}): RegExp {
  const parts = message.split(/(\{\w+\})/);
  const pattern = parts.map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined
      ? escaped(part)
      : name in values
        ? escaped(String(values[name]))
        : String.raw`[^\n]{1,60}`;
  });
  return new RegExp(`^${pattern.join('')}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
