/**
 * The settings: one JSON file that a person can read and edit while the studio is closed.
 *
 * What the studio does not know in it stays. A value that makes no sense counts as its default, and a copy of the file as it
 * was is put aside before it is written again.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { StudioError } from '../../core/errors.ts';
import { defaultSettings, Settings } from '../../core/rpc/contract/app.ts';
import { writeAtomically } from '../store/open-store.ts';

export interface SettingsFileOptions {
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly warn: (message: string, details: object) => void;
}

export class SettingsFile {
  readonly path: string;
  readonly #isReadOnly: boolean;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #settings: Settings = defaultSettings;
  /** All of the file's keys, in its order, known or not. */
  #content: Readonly<Record<string, unknown>> = {};

  constructor({ path, isReadOnly, warn }: SettingsFileOptions) {
    this.path = path;
    this.#isReadOnly = isReadOnly;
    const problem = this.#read();
    if (problem === null) return;
    const aside = `${path}.unreadable`;
    if (!isReadOnly) copyFileSync(path, aside);
    warn('settings that make no sense were replaced by defaults', { problem, aside });
  }

  get current(): Settings {
    return this.#settings;
  }

  /** @throws StudioError DATA_FOLDER_READ_ONLY, FILE_NOT_WRITTEN. */
  change(changes: Partial<Settings>): Settings {
    if (this.#isReadOnly) throw new StudioError('DATA_FOLDER_READ_ONLY', { path: this.path });
    const known = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const settings = v.parse(Settings, { ...this.#settings, ...known });
    const content = { ...this.#content, ...settings };
    try {
      writeAtomically(this.path, `${JSON.stringify(content, null, 2)}\n`);
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new StudioError('FILE_NOT_WRITTEN', { path: this.path, reason }, { cause });
    }
    this.#settings = settings;
    this.#content = content;
    for (const listener of [...this.#listeners]) listener(settings);
    return settings;
  }

  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is wrong with the file; null when nothing is. */
  #read(): string | null {
    if (!existsSync(this.path)) return null;
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.path, 'utf8'));
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause);
    }
    const parsed = v.safeParse(v.record(v.string(), v.unknown()), content);
    if (!parsed.success || Array.isArray(content)) return 'not an object';
    this.#content = parsed.output;
    const settings: Record<string, unknown> = { ...defaultSettings };
    let problem: string | null = null;
    for (const [key, schema] of Object.entries(Settings.entries)) {
      if (!Object.hasOwn(parsed.output, key)) continue;
      const value = v.safeParse(schema, parsed.output[key]);
      if (value.success) settings[key] = value.output;
      else problem ??= `${key}: ${value.issues[0].message}`;
    }
    this.#settings = v.parse(Settings, settings);
    return problem;
  }
}
