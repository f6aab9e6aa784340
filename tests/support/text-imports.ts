/**
 * For plain Node (`node --import`), so that tests can start programs from source: gives `?raw` imports the file's text and `.svelte`
 * imports the component that writes HTML, as the bundler does.
 */
import { readFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Programs are started by the hundred, each from the same few hundred sources: with what the last one compiled, in less than half the time.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compiled-sources', import.meta.url)));

/** Loaded with the first component: most programs have none. */
let compiler: typeof import('svelte/compiler') | undefined;
const load = createRequire(import.meta.url);

registerHooks({
  load(url, context, nextLoad) {
    const source = url.endsWith('?raw') ? textOf(url.slice(0, -'?raw'.length)) : componentOf(url);
    return source === null ? nextLoad(url, context) : { format: 'module', shortCircuit: true, source };
  },
});

function textOf(url: string): string {
  return `export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))};`;
}

function componentOf(url: string): string | null {
  if (!url.endsWith('.svelte')) return null;
  compiler ??= load('svelte/compiler') as typeof import('svelte/compiler');
  const filename = fileURLToPath(url);
  return compiler.compile(readFileSync(filename, 'utf8'), { filename, generate: 'server' }).js.code;
}
