import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One project a folder of tests/; `npx vitest run --project golden` runs one of them. */
const projects = ['unit', 'property', 'golden', 'conformance', 'contract', 'architecture'];

/** Files that start programs take longest. They go first, so that no processor waits for the last of them at the end. */
const long = /tests\/(contract|architecture)\/|\/(kill|import-source|crash)\.test\.ts$/;
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  plugins: [svelte()],
  define: { __TESSERA_VERSION__: JSON.stringify('test') },
  test: {
    globalSetup: ['tests/support/compile-sources.ts'],
    passWithNoTests: false,
    // vitest leaves one processor free by itself, which on two of them is one file after the other.
    maxWorkers: '100%',
    sequence: { sequencer: LongOnesFirst },
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
