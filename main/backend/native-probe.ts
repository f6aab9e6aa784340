/**
 * Whether matrices are multiplied by the native library or by the studio's own kernels.
 *
 * The library is used only where it has been seen to work: a process of its own loads it, multiplies and compares. Whether it
 * dies, hangs or differs, the kernels are used, and what was found is remembered for this version on this machine. The question
 * is asked in the background, at the first start; a run that begins meanwhile waits for the answer, a few seconds at most.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { StudioError } from '../../core/errors.ts';
import type { BackendChoice } from '../../core/recipe/recipe.ts';
import { computeContract } from '../../core/rpc/contract/compute.ts';
import { createClient } from '../../core/rpc/client.ts';
import type { Helper, HelperLauncher } from '../../core/rpc/helper.ts';
import { writeAtomically } from '../store/open-store.ts';

export type Backend = 'wasm' | 'native';

const Finding = v.object({ on: v.string(), works: v.boolean(), reason: v.string() });
type Finding = v.InferOutput<typeof Finding>;

export interface NativeProbeOptions {
  readonly launcher: HelperLauncher;
  /** Where the finding is kept; null remembers nothing. */
  readonly path: string | null;
  readonly version: string;
  readonly processor: string;
  readonly onFound: () => void;
  readonly warn: (message: string, details: object) => void;
  /** How long the library may take. */
  readonly timeoutMs?: number;
}

export class NativeProbe {
  readonly #options: NativeProbeOptions;
  /** What a finding holds for. */
  readonly #on: string;
  #finding: Finding | null;
  #asked: Promise<void> | null = null;
  #helper: Helper | null = null;
  #isClosed = false;

  constructor(options: NativeProbeOptions) {
    this.#options = options;
    const { node, electron = '' } = process.versions;
    this.#on = [options.version, process.platform, process.arch, node, electron, options.processor].join(' ');
    this.#finding = this.#remembered();
  }

  /** null while the answer is not known. */
  get works(): boolean | null {
    return this.#finding?.works ?? null;
  }

  /** Why it does not work, for a person; empty where it does or nobody has looked. */
  get reason(): string {
    return this.#finding?.reason ?? '';
  }

  /** Resolves when the answer is known. */
  ready(): Promise<void> {
    if (this.#finding !== null) return Promise.resolve();
    return (this.#asked ??= this.#ask());
  }

  /**
   * What a recipe's choice comes to; `auto` before the answer is known to the kernels.
   *
   * @throws StudioError INVALID_OPTION for `native` where it does not work.
   */
  resolve(choice: BackendChoice): Backend {
    if (choice === 'native' && this.works === false) {
      const expected = `auto | wasm (${this.reason})`;
      throw new StudioError('INVALID_OPTION', { option: 'backend', value: choice, expected });
    }
    return choice === 'native' || (choice === 'auto' && this.works === true) ? 'native' : 'wasm';
  }

  /** Ends a question that is still open; the next start asks again. */
  close(): void {
    this.#isClosed = true;
    this.#helper?.kill();
  }

  async #ask(): Promise<void> {
    const { launcher, timeoutMs = 20_000, onFound, warn } = this.#options;
    const helper = (this.#helper = launcher.launch('compute'));
    const client = createClient(computeContract, helper.transport, { lostCode: 'COMPUTE_LOST' });
    let finding: Omit<Finding, 'on'>;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const tooLong = new Promise<Omit<Finding, 'on'>>((resolve) => {
        timer = setTimeout(() => resolve({ works: false, reason: `no answer in ${timeoutMs / 1000} s` }), timeoutMs);
      });
      const ended = helper.exited.then((reason) => ({ works: false, reason }));
      finding = await Promise.race([client.call('compute.probe', {}), tooLong, ended]);
    } catch (cause) {
      finding = { works: false, reason: cause instanceof Error ? cause.message : String(cause) };
    } finally {
      clearTimeout(timer);
      client.close();
      helper.kill();
    }
    this.#helper = null;
    if (this.#isClosed) return;
    this.#finding = { on: this.#on, ...finding };
    if (!finding.works) warn('the native library is not used', { reason: finding.reason });
    this.#remember(this.#finding);
    onFound();
  }

  #remembered(): Finding | null {
    if (this.#options.path === null) return null;
    try {
      const finding = v.parse(Finding, JSON.parse(readFileSync(this.#options.path, 'utf8')));
      return finding.on === this.#on ? finding : null;
    } catch {
      return null; // nobody has looked, or the file is damaged: look again
    }
  }

  #remember(finding: Finding): void {
    if (this.#options.path === null) return;
    try {
      writeAtomically(this.#options.path, `${JSON.stringify(finding, null, 2)}\n`);
    } catch (cause) {
      this.#options.warn('the finding about the native library could not be kept', { reason: String(cause) });
    }
  }
}
