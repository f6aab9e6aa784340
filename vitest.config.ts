import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** One project a folder of tests/; `npx vitest run --project golden` runs one of them. */
const projects = ['unit', 'property', 'golden', 'conformance', 'contract', 'architecture'];

export default defineConfig({
  plugins: [svelte()],
  define: { __TESSERA_VERSION__: JSON.stringify('test') },
  test: {
    globalSetup: ['tests/support/compile-sources.ts'],
    passWithNoTests: false,
    // vitest leaves one processor free by itself, which on two of them is one file after the other.
    maxWorkers: '100%',
    projects: projects.map((name) => ({
      extends: true as const,
      test: {
        name,
        include: [`tests/${name}/**/*.test.ts`],
        environment: 'node',
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
