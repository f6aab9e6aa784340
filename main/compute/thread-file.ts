/** From the source the threads are TypeScript too; in a bundle they are the bundle's own entry. */
export const threadFile = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'compute-worker.js', import.meta.url);
