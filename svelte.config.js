/** Read by the Vite plugin, svelte-check, ESLint and Prettier alike. */
export default {
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
};
