/**
 * Runs the tests and ends with one line, `N passed, N failed`, summed over the runners.
 *
 *     npm test                     builds, then everything
 *     npm run test:unit            everything without a browser (`-- tests/unit/core` narrows it down)
 *     npm run test:e2e             builds, then the journeys in a browser
 *     npm run test:electron        builds, then the journeys in real Electron
 *
 * What this system cannot try (a folder without permission, as root) is named in a line `not run: …`: nothing is left out in silence.
 * A run in which no test ran has failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { electronProgram } from './electron-program.ts';
import { findOrInstallBrowser } from './find-browser.ts';
import { root, runScript } from './project.ts';

interface Outcome {
  passed: number;
  failed: number;
}

const results = join(root, 'test-results');
const [part = 'all', ...flags] = process.argv.slice(2);

const outcomes: Outcome[] = [];
try {
  outcomes.push(...(await runPart(part)));
} catch (cause) {
  console.error((cause as Error).message);
  outcomes.push({ passed: 0, failed: 1 });
}
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
if (passed + failed === 0) console.error('No test ran.');
console.log(`\n${passed} passed, ${failed} failed`);

async function runPart(name: string): Promise<Outcome[]> {
  switch (name) {
    case 'all':
      runScript('build.ts');
      return [runVitest(), await runJourneys()];
    case 'unit':
      return [runVitest()];
    case 'e2e':
      runScript('build.ts');
      return [await runJourneys()];
    case 'electron':
      if (electronProgram() === null)
        throw new Error('Electron is not installed here. Run `npm run electron:fetch` first.');
      runScript('build.ts');
      return [await runJourneys({ TESSERA_HOST: 'electron' })];
    default:
      throw new Error(`There is no part of the tests called ${name}: all, unit, e2e or electron.`);
  }
}

function runVitest(): Outcome {
  const report = join(results, 'vitest.json');
  const status = run(
    'node_modules/vitest/vitest.mjs',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...flags],
    report,
  );
  interface Report {
    numPassedTests: number;
    numFailedTests: number;
    testResults: {
      name: string;
      status: string;
      assertionResults: { fullName: string; status: string }[];
    }[];
  }
  const content = readReport<Report>(report, 'The unit tests');
  // A file that cannot be loaded has no tests to count.
  const brokenFiles = content.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  for (const { fullName, status: outcome } of content.testResults.flatMap((file) => file.assertionResults)) {
    if (outcome === 'skipped' || outcome === 'pending') console.error(`not run: ${fullName}`);
  }
  return honest({ passed: content.numPassedTests, failed: content.numFailedTests + brokenFiles }, status);
}

async function runJourneys(environment: Record<string, string> = {}): Promise<Outcome> {
  await findOrInstallBrowser();
  const report = join(results, 'playwright.json');
  const status = run('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json', ...flags], report, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...environment,
  });
  interface Report {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  }
  const { stats, errors } = readReport<Report>(report, 'The end-to-end tests');
  if (stats.skipped > 0) console.error(`${stats.skipped} end-to-end tests did not run.`);
  return honest(
    { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length },
    status,
  );
}

function run(
  program: string,
  args: readonly string[],
  report: string,
  environment: Record<string, string> = {},
): number | null {
  mkdirSync(results, { recursive: true });
  rmSync(report, { force: true });
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return status;
}

function readReport<T>(file: string, what: string): T {
  if (!existsSync(file)) throw new Error(`${what} ended without a report.`);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** A runner that failed for a reason outside its tests, such as an unhandled rejection, has failed. */
function honest(outcome: Outcome, status: number | null): Outcome {
  return status !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}
