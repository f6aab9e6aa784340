/**
 * What a contract is: per method a valibot schema for input, output and progress. Types, validation at the boundary
 * and contract tests all come from it. One peer (client.ts, server.ts) serves page-backend and backend-helper on
 * every wire (transport.ts).
 */
import type { GenericSchema, InferInput, InferOutput } from 'valibot';

export interface MethodDefinition {
  readonly input: GenericSchema;
  readonly output: GenericSchema;
  /** What the handler reports while it works; absent where it reports nothing. */
  readonly progress?: GenericSchema;
  /**
   * A report replaces the one before it (a count, a state), so that a slow caller may miss some and always gets the
   * newest. Without it every report arrives.
   */
  readonly progressIsState?: boolean;
}

export type Contract = Readonly<Record<string, MethodDefinition>>;
export type MethodOf<C extends Contract> = keyof C & string;

/** What a caller may write: fields with a default may be left out. */
export type CallInput<C extends Contract, M extends MethodOf<C>> = InferInput<C[M]['input']>;
/** What a handler gets: checked, defaults filled in. */
export type HandlerInput<C extends Contract, M extends MethodOf<C>> = InferOutput<C[M]['input']>;
export type Output<C extends Contract, M extends MethodOf<C>> = InferOutput<C[M]['output']>;
export type Progress<C extends Contract, M extends MethodOf<C>> = C[M]['progress'] extends GenericSchema
  ? InferOutput<C[M]['progress']>
  : never;

export interface HandlerContext<P> {
  /** Aborted when the caller cancels or its side of the wire closes. */
  readonly signal: AbortSignal;
  /** Reports to the caller. */
  readonly progress: (value: P) => void;
  /**
   * Resolves when the wire has room again; awaited between large reports (pictures), so that a slow caller slows the
   * handler and memory stays bounded. Rejects with CANCELLED when the call is aborted.
   */
  readonly room: () => Promise<void>;
}

export type Handler<C extends Contract, M extends MethodOf<C>> = (
  input: HandlerInput<C, M>,
  context: HandlerContext<Progress<C, M>>,
) => Output<C, M> | Promise<Output<C, M>>;

export type Handlers<C extends Contract> = { readonly [M in MethodOf<C>]: Handler<C, M> };

export interface CallOptions<P> {
  readonly signal?: AbortSignal;
  readonly onprogress?: (value: P) => void;
}

export interface RpcClient<C extends Contract> {
  /** Rejects with a StudioError; with BACKEND_LOST at once when the other side ends. */
  call<M extends MethodOf<C>>(
    method: M,
    input: CallInput<C, M>,
    options?: CallOptions<Progress<C, M>>,
  ): Promise<Output<C, M>>;
  /** Resolves when the wire has closed, with the reason. */
  readonly closed: Promise<string>;
  close(): void;
}
