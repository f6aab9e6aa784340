import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/project.ts';

/** Imports that must be refused, one by one, and the rule that has to name each. */
const forbidden = [
  { file: 'core/losses/probe.ts', imports: 'node:fs', rule: 'layer-core-losses' },
  { file: 'core/losses/probe.ts', imports: 'valibot', rule: 'layer-core-losses' },
  { file: 'core/optimizers/probe.ts', imports: '../models/classifier.ts', rule: 'layer-core-optimizers' },
  { file: 'core/random/probe.ts', imports: '../training/train.ts', rule: 'layer-core-random' },
  { file: 'renderer/train/probe.ts', imports: '../../main/backend/version.ts', rule: 'layer-renderer' },
  { file: 'renderer/train/probe.ts', imports: 'node:path', rule: 'layer-renderer' },
  { file: 'main/backend/probe.ts', imports: 'electron', rule: 'layer-main-backend' },
  { file: 'main/backend/probe.ts', imports: 'sharp', rule: 'layer-main-backend' },
  { file: 'main/backend/probe.ts', imports: '../decoder/bmp.ts', rule: 'layer-main-backend' },
  { file: 'main/decoder/probe.ts', imports: 'better-sqlite3', rule: 'layer-main-decoder' },
  { file: 'main/decoder/probe.ts', imports: '../store/open-store.ts', rule: 'layer-main-decoder' },
  { file: 'main/store/probe.ts', imports: '../backend/version.ts', rule: 'layer-main-store' },
  { file: 'main/compute/probe.ts', imports: '../store/open-store.ts', rule: 'layer-main-compute' },
  { file: 'main/preload/probe.ts', imports: 'node:fs', rule: 'layer-main-preload' },
  { file: 'main/somewhere/probe.ts', imports: 'node:fs', rule: 'no-row' },
] as const;

/** Imports that must be allowed. */
const allowed = [
  { file: 'core/training/probe.ts', imports: '../optimizers/sgd.ts' },
  { file: 'main/store/probe.ts', imports: 'better-sqlite3' },
  { file: 'main/loopback/probe.ts', imports: 'ws' },
] as const;

describe('the table of layers', () => {
  // The rules speak of paths from the project's root, so the probes stand in a small project that has the same folders.
  let project = '';
  beforeAll(() => {
    project = mkdtempSync(join(root, 'node_modules/.layers-'));
    for (const [i, probe] of [...forbidden, ...allowed].entries()) {
      const file = join(project, probe.file.replace('probe', `probe-${i}`));
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `import * as x from '${probe.imports}';\nexport const y = x;\n`);
      if (!probe.imports.startsWith('.')) continue;
      const target = join(file, '..', probe.imports);
      mkdirSync(join(target, '..'), { recursive: true });
      writeFileSync(target, 'export const z = 1;\n');
    }
    for (const name of ['valibot', 'electron', 'sharp', 'better-sqlite3', 'ws']) {
      const folder = join(project, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
      writeFileSync(join(folder, 'index.js'), 'export const z = 1;\n');
    }
    writeFileSync(join(project, 'tsconfig.json'), '{}');
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('refuses each forbidden import by name, and no allowed one', () => {
    const violations = cruise(project, ['core', 'main', 'renderer']);

    for (const [i, probe] of forbidden.entries()) {
      expect(
        rulesAgainst(violations, probe.file.replace('probe', `probe-${i}`)),
        `${probe.file} → ${probe.imports}`,
      ).toEqual([probe.rule]);
    }
    for (const [i, probe] of allowed.entries()) {
      const file = probe.file.replace('probe', `probe-${forbidden.length + i}`);
      expect(rulesAgainst(violations, file), `${probe.file} → ${probe.imports}`).toEqual([]);
    }
  });

  it('holds in the whole project', () => {
    const violations = cruise(root, ['core', 'main', 'renderer', 'scripts', 'tests']);

    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });
});

describe('core', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');

  it('compiles without Node, without a page and without any ambient types', () => {
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'core/tsconfig.json', '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    });

    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('can say nothing that belongs to Node, to a page or to a clock', () => {
    const statements = [
      'console.log(1)',
      'process.exit()',
      'document.title',
      'setTimeout(() => 1)',
      'performance.now()',
    ];
    const folder = mkdtempSync(join(root, 'node_modules/.core-'));
    try {
      statements.forEach((statement, i) => writeFileSync(join(folder, `probe-${i}.ts`), `${statement};\nexport {};\n`));
      const config = relative(folder, join(root, 'core/tsconfig.json'));
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ extends: config, include: ['probe-*.ts'], exclude: [] }),
      );
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
        encoding: 'utf8',
      });

      expect(status).not.toBe(0);
      statements.forEach((statement, i) =>
        expect(stdout, statement).toMatch(new RegExp(`probe-${i}\\.ts\\(1,1\\): error (TS2584|TS2304|TS2591|TS2580)`)),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

function cruise(folder: string, parts: readonly string[]): readonly Violation[] {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const flags = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...parts];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...flags], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

function rulesAgainst(violations: readonly Violation[], file: string): readonly string[] {
  return violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
}
