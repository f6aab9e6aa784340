/** Serves the page over an in-memory backend: `npx vite --config tests/support/fake-studio/vite.config.ts --port 5199`. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export default defineConfig({
  root: `${root}tests/support/fake-studio`,
  cacheDir: `${root}node_modules/.vite-fake-studio`,
  plugins: [svelte({ configFile: `${root}svelte.config.js` })],
  define: { __TESSERA_VERSION__: JSON.stringify('0.0.0') },
  server: { host: '127.0.0.1', fs: { allow: [root] }, hmr: false },
  optimizeDeps: {
    exclude: ['@tanstack/svelte-table', 'virtua', 'bits-ui', 'svelte-sonner', '@lucide/svelte', 'svelte-spa-router'],
  },
});
