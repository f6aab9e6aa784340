/** Starts the programs beside this file under plain Node, each in a process group of its own, so that it can be killed whole. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly child: ChildProcess;
  /** Lines of standard output so far. */
  readonly lines: string[];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>;
  /** Resolves with the first line that begins so, or with the `number`th; null when the program ended before. */
  line(beginning: string, number?: number): Promise<string | null>;
  /** Kills it with all its helpers. */
  kill(): void;
}

const hooks = fileURLToPath(new URL('text-imports.ts', import.meta.url));

export function startProgram(name: 'train' | 'hold' | 'commit-checkpoint', ...args: string[]): Program {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', hooks, file, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const notify = () => [...listeners].forEach((listener) => listener());
  let errors = '';
  let hasEnded = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const reader = createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    notify();
  });
  const linesEnded = new Promise<void>((resolve) => reader.once('close', resolve));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>((resolve) => {
    child.once('exit', (code, signal) => {
      void linesEnded.then(() => {
        hasEnded = true;
        notify();
        resolve({ code, signal, errors });
      });
    });
  });
  return {
    child,
    lines,
    ended,
    line: (beginning, number = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const found = lines.filter((line) => line.startsWith(beginning))[number - 1];
          if (found === undefined && !hasEnded) return;
          listeners.delete(look);
          resolve(found ?? null);
        };
        listeners.add(look);
        look();
      }),
    kill: () => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    },
  };
}
