/**
 * Starts the studio: in Electron where its program and a display are present, otherwise in the browser host. It says which and why
 * in one line, and never downloads anything. Flags: `--browser` chooses the browser host; the rest is passed on (`--data`, `--port`, `--no-open`).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './build.ts';
import { electronProgram } from './electron-program.ts';
import { becomeNodeProgram, root } from './project.ts';

const flags = process.argv.slice(2).filter((flag) => flag !== '--browser');
const isBrowserAsked = process.argv.includes('--browser');

try {
  await ensureBuilt();
} catch (cause) {
  process.stderr.write(`${(cause as Error).message}\n`);
  process.exit(1);
}
const { m } = await import('../core/messages/compiled/messages.js');
const { overwriteGetLocale } = await import('../core/messages/compiled/runtime.js');
const { LC_ALL, LC_MESSAGES, LANG } = process.env;
overwriteGetLocale(() => ((LC_ALL ?? LC_MESSAGES ?? LANG ?? '').startsWith('ko') ? 'ko' : 'en'));

const electron = electronProgram();
const obstacle = obstacleToElectron();
if (electron !== null && obstacle === null) startElectron(electron);
else startBrowserHost(obstacle ?? m.start_browser_no_binary());

/** The sentence that says why Electron cannot be used, or null. */
function obstacleToElectron(): string | null {
  const isLinux = process.platform === 'linux';
  if (isBrowserAsked) return m.start_browser_asked();
  if (electron === null) return m.start_browser_no_binary();
  if (isLinux && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return m.start_browser_no_display();
  if (isLinux && process.getuid?.() === 0) return m.start_browser_root();
  return null;
}

function startElectron(program: string): void {
  say(m.start_electron());
  const child = spawn(program, [root, ...flags], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (cause) => startBrowserHost(m.start_browser_failed({ reason: cause.message })));
  child.on('exit', (code, signal) => {
    // 127: a shared library is missing. SIGTRAP: the system refuses the sandbox. Neither ever showed a window.
    if (code === 127 || signal === 'SIGTRAP')
      startBrowserHost(m.start_browser_failed({ reason: signal ?? `exit code ${code}` }));
    else process.exitCode = code ?? 1;
  });
}

function startBrowserHost(reason: string): void {
  say(reason);
  becomeNodeProgram(join(root, 'dist/node/loopback.js'), flags);
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
