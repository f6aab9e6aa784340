import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as compiled from '../../core/messages/compiled/messages.js';
import { root } from '../../scripts/project.ts';

type Messages = Readonly<Record<string, unknown>>;

const en = readMessages('en');
const ko = readMessages('ko');
const keys = Object.keys(en);

describe('the messages', () => {
  it('are the same in English and Korean, key by key', () => {
    expect(keys.length).toBeGreaterThan(20);
    expect(Object.keys(ko)).toEqual(keys);
  });

  it('have the same placeholders in both languages', () => {
    const different = keys.filter((key) => placeholders(en[key]).join() !== placeholders(ko[key]).join());

    expect(different).toEqual([]);
  });

  it('are never empty', () => {
    const empty = keys.filter((key) =>
      texts(en[key])
        .concat(texts(ko[key]))
        .some((text) => text.trim() === ''),
    );

    expect(empty).toEqual([]);
  });

  it('are each compiled, and speak Korean when asked to', () => {
    const functions = compiled.m as unknown as Record<
      string,
      (inputs: object, options: { locale: 'en' | 'ko' }) => string
    >;
    const plain = keys.filter((key) => typeof en[key] === 'string' && placeholders(en[key]).length === 0);

    expect(plain.length).toBeGreaterThan(0);
    for (const key of plain) {
      expect(functions[key]!({}, { locale: 'en' })).toBe(en[key]);
      expect(functions[key]!({}, { locale: 'ko' })).toBe(ko[key]);
    }
  });

  it('count one thing in the singular and many in the plural, also where thousands are grouped', () => {
    const say = (count: string) => compiled.m.dataset_shown({ count }, { locale: 'en' });

    expect(['0', '1', '2', '1,234'].map(say)).toEqual(['0 pictures', '1 picture', '2 pictures', '1,234 pictures']);
  });

  it('count two things each by itself', () => {
    const say = (count: string, classes: string) => compiled.m.dataset_title({ count, classes }, { locale: 'en' });

    expect([say('1', '1'), say('1', '2'), say('1,234', '1')]).toEqual([
      '1 picture in 1 class',
      '1 picture in 2 classes',
      '1,234 pictures in 1 class',
    ]);
  });

  it('exist for every use in the page, the command line and the hosts', () => {
    const known = new Set(keys);
    const missing = sourceFiles()
      .flatMap(({ path, text }) => usedKeys(text).map((key) => ({ path, key })))
      .filter(({ key }) => !known.has(key))
      .map(({ path, key }) => `${path}: ${key}`);

    expect(missing).toEqual([]);
  });

  it('exist for every error code, and every sentence of an error has a code', () => {
    const codes = [...readFileSync(join(root, 'core/errors.ts'), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(
      (match) => match[1]!.toLowerCase(),
    );

    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => en[`error_${code}`] === undefined)).toEqual([]);
  });
});

describe('explanations and errors', () => {
  const texts = Object.entries({ ...en, ...ko }).map(([key, message]) => ({ key, text: JSON.stringify(message) }));

  it('lead nowhere: nothing refers to the web', () => {
    expect(texts.filter(({ text }) => /https?:|www\.|\.(com|org|net|io)\b/.test(text))).toEqual([]);
  });

  it('never call an error unknown or blame the network', () => {
    const errors = [en, ko].flatMap((words) => Object.entries(words).filter(([key]) => key.startsWith('error_')));

    expect(errors.length).toBeGreaterThan(40);
    const vague = /unknown error|something went wrong|network|알 수 없는 오류|네트워크/i;
    expect(errors.filter(([, message]) => vague.test(JSON.stringify(message)))).toEqual([]);
  });

  it('exist in both languages for every term that is explained', () => {
    const used = sourceFiles()
      .filter(({ path }) => path.startsWith('renderer/'))
      .flatMap(({ text }) => [...text.matchAll(/\bm\.(term_\w+|\w+_explained)\b/g)].map((match) => match[1]!));
    const without = [...new Set(used)].filter((key) => !en[key] || !ko[key]);

    expect(used.length).toBeGreaterThan(60);
    expect(without).toEqual([]);
  });
});

describe('keys of commands', () => {
  it('are named by their place on the keyboard, so that they work under a Hangul layout', () => {
    const keys = sourceFiles()
      .filter(({ path }) => path.startsWith('renderer/'))
      .flatMap(({ text }) => [...text.matchAll(/\bkeys?: [`']([^`']+)[`']/g)].map((match) => match[1]!));

    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((press) => /(^|[ +])[A-Za-z]($|[ +])/.test(press))).toEqual([]);
  });
});

describe('the words of the page', () => {
  it('are messages, and not written into the components', () => {
    const written = sourceFiles()
      .filter(({ path }) => path.endsWith('.svelte'))
      .flatMap(({ path, text }) => visibleText(text).map((words) => `${path}: ${words}`));

    expect(written).toEqual([]);
  });

  it('are found when they are written into a component', () => {
    expect(visibleText('<script>const a = 1 > 2;</script><p class="x">Train now</p>')).toEqual(['Train now']);
    expect(visibleText('<button aria-label="Close it" onclick={() => go()}>{m.ok()}</button>')).toEqual(['Close it']);
    expect(visibleText('<label>Adam β₁</label>')).toEqual([]);
    expect(visibleText('<p>{m.a()} · 32 × 32</p><style>p > a { color: red }</style>')).toEqual([]);
  });
});

function readMessages(locale: 'en' | 'ko'): Messages {
  const { $schema: _schema, ...messages } = JSON.parse(
    readFileSync(join(root, `core/messages/${locale}.json`), 'utf8'),
  ) as Messages;
  return messages;
}

/** Every text of a message: itself, or those of its variants. */
function texts(message: unknown): string[] {
  if (typeof message === 'string') return [message];
  if (Array.isArray(message))
    return message.flatMap((variant) => texts((variant as { match?: unknown }).match ?? variant));
  return typeof message === 'object' && message !== null ? Object.values(message).flatMap(texts) : [];
}

function placeholders(message: unknown): string[] {
  return [
    ...new Set(texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))),
  ].sort();
}

function usedKeys(text: string): string[] {
  if (!/messages(\.js|\.ts)['"]/.test(text)) return [];
  return [...text.matchAll(/(?<![\w.$])m\.([a-z]\w*)/g)].map((match) => match[1]!);
}

function sourceFiles(): { path: string; text: string }[] {
  return ['core', 'main', 'renderer', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('compiled') && !path.includes('assembly'))
      .map((path) => ({ path: path.slice(root.length), text: readFileSync(path, 'utf8') })),
  );
}

/** The same in every language. */
const properNames = /\b(?:Tessera|AdamW?|RMSProp|AdaGrad|PNG|SVG|CSV|JSON|RGB)\b|λmax/g;

/** Text and readable attributes of a template, without what stands in braces; a text counts when it has a word of two letters. */
function visibleText(component: string): string[] {
  let template = component.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, '');
  for (let before = ''; before !== template;) {
    before = template;
    template = template.replaceAll(/\{[^{}]*\}/g, '¤');
  }
  const attributes = [
    ...template.matchAll(/\s(?:title|alt|label|placeholder|aria-label|aria-description)="([^"]*)"/g),
  ].map((match) => match[1]!);
  const content = template
    .replaceAll(/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, '\n')
    .split('\n')
    .map((line) => line.trim());
  return [...attributes, ...content].filter((text) => /\p{L}{2}/u.test(text.replaceAll(properNames, '')));
}
