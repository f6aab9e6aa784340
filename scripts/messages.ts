/**
 * Compiles core/messages/{en,ko}.json into typed functions in core/messages/compiled/.
 *
 * The page and Node use the same functions. The locale is never read from an address or a cookie: a program sets it with
 * `setLocale(locale, { reload: false })`, or lets `overwriteGetLocale(() => …)` ask its own state.
 *
 * Paraglide's own message plugin would be fetched from the web when it is not named as a file, and without it Paraglide compiles
 * nothing and still succeeds. So the number of messages is compared with the sources here.
 */
import { compile } from '@inlang/paraglide-js';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isProgram, root } from './project.ts';

const sources = join(root, 'core/messages');
const compiled = join(sources, 'compiled');
const inputs = [join(sources, 'en.json'), join(sources, 'ko.json'), join(root, 'project.inlang/settings.json')];

/** Compiles when a source is newer than the last result. Returns the number of messages, or null when nothing had to be done. */
export async function compileMessages(): Promise<number | null> {
  const missing = inputs.filter((file) => !existsSync(file));
  if (missing.length > 0)
    throw new Error(`These message files are missing: ${missing.map((file) => relative(root, file)).join(', ')}`);
  const stamp = join(compiled, '.stamp');
  const newest = Math.max(...inputs.map((file) => statSync(file).mtimeMs));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return null;

  // Into a folder of its own first: two builds at the same time never see each other's half-written files.
  const startedAt = new Date();
  const staging = join(sources, 'compiled', `.staging-${process.pid}`);
  try {
    await compile({
      project: join(root, 'project.inlang'),
      outdir: staging,
      strategy: ['globalVariable', 'baseLocale'],
      outputStructure: 'locale-modules',
      emitTsDeclarations: true,
      emitGitIgnore: false,
      emitPrettierIgnore: false,
      emitReadme: false,
      disableAsyncLocalStorage: true,
    });
    const expected = Object.keys(readJson(inputs[0]!)).filter((key) => key !== '$schema');
    const count = expected.length;
    const text = readFileSync(join(staging, 'messages/_index.js'), 'utf8');
    const absent = expected.filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
    if (absent.length > 0) throw new Error(`Paraglide compiled no function for: ${absent.slice(0, 10).join(', ')}`);
    install(staging, compiled);
    writeFileSync(stamp, '');
    // A source that changed while we compiled must count as newer.
    utimesSync(stamp, startedAt, startedAt);
    return count;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Renames into place only the files that differ, so that incremental checkers see no change where there is none. */
function install(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, source));
    if (existsSync(target) && readFileSync(target).equals(readFileSync(source))) continue;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(source, target);
  }
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

if (isProgram(import.meta)) {
  const count = await compileMessages();
  console.log(count === null ? 'messages: up to date' : `messages: ${count} compiled for en and ko`);
}
