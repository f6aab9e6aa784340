/** The language the command line speaks: `--lang`, else the studio's setting, else `LANG`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from '../../core/messages/compiled/runtime.js';

export function chooseLocale(
  argv: readonly string[],
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Locale {
  const asked = optionValue(argv, '--lang') ?? languageSetting(dataFolder);
  if (asked === 'en' || asked === 'ko') return asked;
  const system = environment['LC_ALL'] ?? environment['LC_MESSAGES'] ?? environment['LANG'] ?? '';
  return system.startsWith('ko') ? 'ko' : 'en';
}

/** The value of an option before commander has run, so that its own help is already in the right language. */
export function optionValue(argv: readonly string[], option: string): string | undefined {
  const at = argv.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (at < 0) return undefined;
  return argv[at] === option ? argv[at + 1] : argv[at]!.slice(option.length + 1);
}

function languageSetting(dataFolder: string): string | undefined {
  try {
    const settings: unknown = JSON.parse(readFileSync(join(dataFolder, 'settings.json'), 'utf8'));
    const language: unknown = (settings as Record<string, unknown> | null)?.['language'];
    return typeof language === 'string' ? language : undefined;
  } catch {
    return undefined; // no settings yet, or none that can be read: the system's language
  }
}
