import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Nothing in core reads a clock or draws chance of its own: both come in as arguments, so that a recipe and a seed repeat a run. */
const notInCore = [
  { object: 'Math', property: 'random', message: 'core is given its randomness: take a generator as an argument.' },
  { object: 'Date', property: 'now', message: 'core is given its clock: take `now` as an argument.' },
  { object: 'performance', property: 'now', message: 'core is given its clock: take `now` as an argument.' },
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'release/',
    'coverage/',
    'test-results/',
    'playwright-report/',
    'core/messages/compiled/',
    'core/kernels/compiled/',
    'core/kernels/assembly/',
    'project.inlang/',
    'tests/fixtures/',
  ]),
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', '.*.cjs', '*.cjs'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-undef': 'off', // TypeScript knows better
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess: `x[i]!` inside checked loops
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An asynchronous method may have nothing to await: handlers share one signature.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Use a named export: the file carries the name of its main export.',
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // ESLint sees generic components and the exports of an instance as `any`; svelte-check, which runs beside it, sees their types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'svelte/require-each-key': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-at-debug-tags': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-navigation-without-resolve': 'off', // a rule for SvelteKit
      // A map that nothing on the screen reads is just a map.
      'svelte/prefer-svelte-reactivity': 'off',
      // It does not know the warnings of svelte-check, which runs beside it and needs the comments.
      'svelte/no-unused-svelte-ignore': 'off',
      // Props are destructured with `let` so that one of them can be bindable.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$state'] }],
      'no-restricted-syntax': [
        'error',
        {
          // A `style:` directive sets properties from a script, which the policy allows.
          selector: 'SvelteElement[kind="html"] > SvelteStartTag > SvelteAttribute[key.name="style"]',
          message: 'The content security policy blocks style attributes: use a class or a `style:` directive.',
        },
      ],
    },
  },
  {
    files: ['core/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...notInCore],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Use a named export: the file carries the name of its main export.',
        },
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'core is given its clock: take `now` as an argument.',
        },
        {
          selector: 'CallExpression[callee.object.name="Math"][callee.property.name="hypot"]',
          message: 'V8 rounds Math.hypot differently from the references: write Math.sqrt(a * a + b * b).',
        },
      ],
    },
  },
  {
    files: ['**/*.config.{js,ts}', '.*.cjs', 'tests/support/compile-sources.ts', 'tests/e2e/**/global-*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.js', '**/*.cjs'], extends: [ts.configs.disableTypeChecked] },
  {
    files: ['tests/**'],
    rules: {
      // `import('electron')` as a type never loads it; a test double needs the module's whole type.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unsafe-assignment': 'off', // vitest's asymmetric matchers are `any`
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);
