/** A Python program that does what the studio does, with another library, and times itself. One line of JSON each way. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Debian's own first: a Python of another kind seldom has the libraries. */
export function findPython(): string | null {
  const has = (python: string) => spawnSync(python, ['-c', 'import torch, sklearn']).status === 0;
  return ['/usr/bin/python3', 'python3', 'python'].find(has) ?? null;
}

export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: ((line: string) => void)[] = [];
  readonly #ended: Promise<never>;

  constructor(python: string, program: string, threads: number) {
    const file = fileURLToPath(new URL(`peers/${program}.py`, import.meta.url));
    this.#child = spawn(python, ['-u', file], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(threads),
        OPENBLAS_NUM_THREADS: String(threads),
        MKL_NUM_THREADS: String(threads),
        // Without it torch's two thread pools spin against each other at two threads, and it looks far slower than it is.
        OMP_WAIT_POLICY: 'passive',
      },
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answers.shift()?.(line));
    this.#ended = new Promise((_, reject) => {
      this.#child.once('exit', (code) => reject(new Error(`${program}.py ended with ${code}`)));
    });
    this.#ended.catch(() => undefined);
  }

  async ask<T>(question: object): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await Promise.race([new Promise<string>((resolve) => this.#answers.push(resolve)), this.#ended]);
    return JSON.parse(line) as T;
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended.catch(() => undefined);
  }
}

/** `torch 1.13.1, scikit-learn 1.2.1, Pillow 9.4.0`. */
export function peerVersions(python: string): string {
  const program = `
import importlib
for name, shown in (("torch", "torch"), ("sklearn", "scikit-learn"), ("skimage", "scikit-image"), ("cv2", "OpenCV"), ("PIL", "Pillow"), ("numpy", "numpy")):
    try: print(shown, importlib.import_module(name).__version__)
    except ImportError: print(shown, "absent")
`;
  return spawnSync(python, ['-c', program], { encoding: 'utf8' }).stdout.trim().replaceAll('\n', ', ');
}
