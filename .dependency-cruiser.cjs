/**
 * Who may import whom. The table below is the architecture; everything else in this file turns it into rules.
 *
 * A row says what files under `from` may import: folders or files of the project, packages by name, and `node:` for Node's own modules.
 * valibot checks what comes from outside: files, flags, requests. What is not in the row is forbidden, and a source folder without a row may import nothing at all. The first row that matches a file holds.
 */

const messages = ['core/messages'];
const foundations = ['core/errors.ts', 'core/options.ts', 'core/array', 'core/random'];

const table = [
  // Inside core: errors, array, random ← image ← dataset, features | losses, models, optimizers ← training, evaluation, explanation.
  { from: 'core/errors.ts', may: [] },
  { from: 'core/options.ts', may: ['core/errors.ts'] },
  { from: 'core/array', may: ['core/array', 'core/errors.ts', 'core/options.ts'] },
  { from: 'core/random', may: [...foundations, 'pure-rand'] },
  { from: 'core/messages', may: messages },
  { from: 'core/recipe', may: ['core/recipe', 'core/errors.ts', 'core/options.ts', 'valibot'] },
  { from: 'core/rpc', may: ['core/rpc', 'core/recipe', 'core/errors.ts', 'valibot'] },
  { from: 'core/expressions', may: ['jsep'] },
  { from: 'core/kernels', may: ['core/kernels', ...foundations] },
  { from: 'core/image', may: ['core/image', ...foundations] },
  { from: 'core/samples', may: ['core/samples', 'core/image', ...foundations] },
  { from: 'core/dataset', may: ['core/dataset', 'core/image', 'core/recipe', ...foundations] },
  {
    from: 'core/features',
    may: [
      'core/features',
      'core/dataset',
      'core/image',
      'core/recipe',
      'core/kernels',
      ...foundations,
      'ml-matrix',
      'ml-pca',
      'umap-js',
    ],
  },
  { from: 'core/losses', may: ['core/losses', 'core/recipe', ...foundations] },
  {
    from: 'core/optimizers',
    may: ['core/optimizers', 'core/recipe', 'core/expressions', 'core/errors.ts', 'core/options.ts', 'core/array'],
  },
  { from: 'core/models', may: ['core/models', 'core/losses', 'core/kernels', 'core/recipe', ...foundations] },
  { from: 'core/gradient-check', may: ['core/gradient-check', 'core/losses', 'core/models', ...foundations] },
  {
    from: 'core/training',
    may: [
      'core/training',
      'core/evaluation',
      'core/dataset',
      'core/features',
      'core/image',
      'core/losses',
      'core/models',
      'core/optimizers',
      'core/gradient-check',
      'core/kernels',
      'core/recipe',
      ...foundations,
    ],
  },
  {
    from: 'core/evaluation',
    may: [
      'core/evaluation',
      'core/dataset',
      'core/features',
      'core/losses',
      'core/models',
      'core/recipe',
      ...foundations,
    ],
  },
  {
    from: 'core/explanation',
    may: [
      'core/explanation',
      'core/evaluation',
      'core/image',
      'core/dataset',
      'core/features',
      'core/losses',
      'core/models',
      'core/recipe',
      ...foundations,
    ],
  },
  {
    from: 'core/toy',
    may: ['core/toy', 'core/landscape', 'core/losses', 'core/models', 'core/optimizers', 'core/recipe', ...foundations],
  },
  {
    from: 'core/landscape',
    may: [
      'core/landscape',
      'core/losses',
      'core/models',
      'core/optimizers',
      'core/recipe',
      'core/expressions',
      ...foundations,
      'ml-matrix',
      'ml-pca',
      'umap-js',
    ],
  },

  // The page: core, and the libraries an interface is made of.
  {
    from: 'renderer',
    may: [
      'renderer',
      'core',
      'svelte',
      'valibot',
      'bits-ui',
      'svelte-sonner',
      'svelte-spa-router',
      'virtua',
      'uplot',
      'tinykeys',
      'katex',
      '@internationalized/date',
      '@tanstack/svelte-table',
      '@lucide/svelte',
      '@fontsource-variable/inter',
      '@fontsource-variable/jetbrains-mono',
      '@fontsource-variable/noto-sans-kr',
      'd3-contour',
      'd3-format',
      'd3-scale',
      'd3-scale-chromatic',
      'd3-shape',
    ],
  },

  // The application under every host.
  { from: 'main/store', may: ['main/store', 'core', 'node:', 'better-sqlite3', 'valibot'] },
  {
    from: 'main/report',
    may: ['main/report', 'renderer/report', 'renderer/charts', 'renderer/tokens.css', 'core', 'svelte'],
  },
  {
    from: 'main/backend',
    may: ['main/backend', 'main/store', 'main/report', 'core', 'node:', 'pino', 'yazl', 'valibot', 'package.json'],
  },
  // Where pictures of strangers are opened: no store, no application.
  {
    from: 'main/decoder',
    may: [
      'main/decoder',
      'core/rpc',
      'core/errors.ts',
      'node:',
      'sharp',
      '@jsquash/jpeg',
      '@jsquash/png',
      'fast-bmp',
      'bmp-ts',
      'yauzl',
      'protobufjs',
      'onnxruntime-web',
    ],
  },
  { from: 'main/children', may: ['main/children', 'core/rpc', 'core/errors.ts', 'node:'] },
  { from: 'main/compute', may: ['main/compute', 'core', 'node:', 'valibot', 'onnxruntime-node'] },

  // The hosts.
  {
    from: 'main/electron',
    may: ['main/electron', 'main/backend', 'core/rpc', 'core/errors.ts', ...messages, 'node:', 'electron'],
  },
  {
    from: 'main/loopback',
    may: [
      'main/loopback',
      'main/children',
      'main/backend',
      'core/rpc',
      'core/errors.ts',
      ...messages,
      'node:',
      'ws',
      'valibot',
    ],
  },
  {
    from: 'main/cli',
    may: [
      'main/cli',
      'main/loopback',
      'main/children',
      'main/backend',
      'core',
      'node:',
      'commander',
      'cli-progress',
      'valibot',
    ],
  },
  { from: 'main/preload', may: ['electron'] },
];

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A folder with everything in it, or one file. */
const place = (path) => (/\.\w+$/.test(path) ? `^${escape(path)}$` : `^${escape(path)}/`);
/** A package with everything in it, and its types. */
const library = (name) => `^node_modules/(?:@types/)?${escape(name)}/`;
const isFolder = (entry) => /^(core|main|renderer)(\/|$)|^package\.json$/.test(entry);

/** Each row excludes the rows before it, and Svelte adds its own runtime to compiled components. */
const rules = table.map(({ from, may }, i) => {
  const mayNode = may.includes('node:');
  const allowed = may
    .filter((entry) => entry !== 'node:')
    .map((entry) => (isFolder(entry) ? place(entry) : library(entry)));
  const earlier = table.slice(0, i).map((row) => place(row.from));
  return {
    name: `layer-${from.replaceAll('/', '-')}`,
    severity: 'error',
    comment: `${from} may import only: ${may.join(', ') || 'nothing'}.`,
    from: { path: place(from), ...(earlier.length > 0 && { pathNot: earlier }) },
    to: {
      ...(allowed.length > 0 && { pathNot: allowed }),
      dependencyTypesNot: mayNode ? ['core'] : [],
    },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rules,
    {
      name: 'no-row',
      severity: 'error',
      comment: 'A source folder needs a row in the table of .dependency-cruiser.cjs before it can import anything.',
      from: { path: '^(core|main|renderer)/', pathNot: table.map((row) => place(row.from)) },
      to: {},
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other are one idea, or one of them lacks an interface.',
      from: { path: '^(core|main|renderer|scripts)/', pathNot: '^core/messages/compiled/' },
      // A type leaves no trace, and a dynamic import is there to break a circle.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      comment: 'What is shipped never imports a test or a script.',
      from: { path: '^(core|main|renderer)/' },
      to: { path: '^(tests|scripts|bench)/' },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: { path: '^(core|main|renderer|scripts|tests)/', pathNot: '^core/messages/compiled/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^core/messages/compiled/'] },
    exclude: { path: ['^core/kernels/assembly/', '^dist/', '^core/kernels/compiled/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.cjs', '.mjs', '.d.ts', '.json', '.css'],
    },
  },
};
