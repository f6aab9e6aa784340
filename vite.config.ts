/**
 * One build for every host: `vite build --app` makes three environments.
 *
 * - client: the page, the same for Electron and the browser host → dist/client
 * - node: every program that runs in Node or in an Electron process → dist/node
 * - preload: the one script between page and Electron, CommonJS because a sandboxed preload cannot be a module → dist/preload
 *
 * Packages in `dependencies` stay outside the bundles (they carry native or WebAssembly files) and are packaged beside them;
 * everything in `devDependencies` is bundled.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};
const external = ['electron', ...Object.keys(manifest.dependencies)];

/** Programs of the node environment, by the name of their file in dist/node. */
const nodeEntries = present({
  electron: 'main/electron/index.ts',
  loopback: 'main/loopback/index.ts',
  cli: 'main/cli/index.ts',
  decoder: 'main/decoder/index.ts',
  compute: 'main/compute/index.ts',
  'compute-worker': 'main/compute/worker.ts',
});
const preloadEntries = present({ preload: 'main/preload/index.ts' });
/** KaTeX names each of its fonts in three formats; every browser the page is made for reads the first. */
const smallestFonts: Plugin = {
  name: 'smallest-fonts',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('/katex/dist/') && id.endsWith('.css')
      ? code.replaceAll(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\("\w+"\)/g, '')
      : null,
};
const hasPage = existsSync(`${root}renderer/index.html`);

function present(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries)
      .filter(([, file]) => existsSync(root + file))
      .map(([name, file]) => [name, root + file]),
  );
}

export default defineConfig({
  root: `${root}renderer`,
  publicDir: false,
  clearScreen: false,
  cacheDir: `${root}node_modules/.vite`,
  plugins: [smallestFonts, svelte({ configFile: `${root}svelte.config.js` })],
  define: { __TESSERA_VERSION__: JSON.stringify(manifest.version) },
  environments: {
    client: {
      build: {
        outDir: `${root}dist/client`,
        emptyOutDir: true,
        target: 'chrome120',
        // An inlined picture or font would be a data: address, which the page's policy refuses.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1500,
      },
    },
    node: {
      consumer: 'server',
      resolve: { noExternal: true, external, conditions: ['node'] },
      build: {
        outDir: `${root}dist/node`,
        emptyOutDir: true,
        ssr: true,
        target: 'node24',
        minify: false,
        sourcemap: true,
        rolldownOptions: {
          checks: { pluginTimings: false },
          // Chunks lie beside the programs, so that a file named relative to `import.meta.url` is found from either.
          input: nodeEntries,
          external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
          output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['electron'] },
      build: {
        outDir: `${root}dist/preload`,
        emptyOutDir: true,
        ssr: true,
        target: 'node24',
        minify: false,
        rolldownOptions: {
          input: preloadEntries,
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  },
  builder: {
    // Named one by one: left alone, Vite would also build its default `ssr` environment, which has no entry.
    async buildApp(builder) {
      const { client, node, preload } = builder.environments;
      if (hasPage) await builder.build(client!);
      if (Object.keys(nodeEntries).length > 0) await builder.build(node!);
      if (Object.keys(preloadEntries).length > 0) await builder.build(preload!);
    },
  },
});
