/** One question to the backend that takes a while: its answer, how far it is, how it failed. Only this class changes it. */
import { isStudioError } from '../../core/errors.ts';

import type { CheckProgress, checksContract } from '../../core/rpc/contract/checks.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';

import type { CallInput, CallOptions, Output, Progress } from '../../core/rpc/define.ts';
import type { Studio } from '../studio.svelte.ts';
import type { InferOutput } from 'valibot';

export type CheckMethod = keyof typeof checksContract | 'evaluation.labelErrors';

export class Question<M extends CheckMethod> {
  answer = $state.raw<Output<StudioContract, M> | null>(null);
  isAsking = $state(false);
  progress = $state.raw<InferOutput<typeof CheckProgress> | null>(null);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;
  readonly #method: M;
  #call: AbortController | null = null;

  constructor(studio: Pick<Studio, 'call'>, method: M) {
    this.#studio = studio;
    this.#method = method;
  }

  /** The answer; null where it failed, was cancelled, or a newer question took its place. */
  async ask(input: CallInput<StudioContract, M>): Promise<Output<StudioContract, M> | null> {
    this.#call?.abort();
    const call = new AbortController();
    this.#call = call;
    this.isAsking = true;
    this.progress = null;
    this.error = null;
    const options = {
      signal: call.signal,
      onprogress: (progress: InferOutput<typeof CheckProgress>) => {
        if (this.#call === call) this.progress = progress;
      },
    } as CallOptions<Progress<StudioContract, M>>;
    try {
      const answer = await this.#studio.call(this.#method, input, options);
      if (call.signal.aborted) return null;
      this.answer = answer;
      return answer;
    } catch (cause) {
      if (!call.signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
      return null;
    } finally {
      if (this.#call === call) this.isAsking = false;
    }
  }

  cancel(): void {
    this.#call?.abort();
    this.isAsking = false;
  }
}
