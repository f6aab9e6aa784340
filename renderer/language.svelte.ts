/**
 * The language of the page. Messages ask for it each time they are read, and it is a rune: so every sentence on the
 * screen changes when it changes, without a reload, and `<html lang>` follows.
 */
import { overwriteGetLocale } from '../core/messages/compiled/runtime.js';

export type Language = 'en' | 'ko';
export const languages: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'ko', name: '한국어' },
];

class CurrentLanguage {
  code = $state<Language>(systemLanguage());

  /** `system` follows the language the person's computer or browser asks for. */
  choose(choice: 'system' | Language): void {
    this.code = choice === 'system' ? systemLanguage() : choice;
    document.documentElement.lang = this.code;
  }
}

export const language = new CurrentLanguage();
overwriteGetLocale(() => language.code);

function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
