/** Each method of the contract over a wire that clones messages, answered by the real backend and its helper processes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isStudioError } from '../../core/errors.ts';
import type { RpcClient } from '../../core/rpc/define.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import { type MethodCase, methodCases } from './support/methods.ts';
import { openWholeStudio, type WholeStudio } from './support/whole-studio.ts';

let studio: WholeStudio;
beforeAll(async () => {
  studio = await openWholeStudio();
}, 60_000);
afterAll(() => studio.close());

/** The types of one method have been checked where its case was written. */
type AnyMethod = 'app.info';

it.each(Object.entries(methodCases) as [AnyMethod, MethodCase<AnyMethod>][])(
  '%s answers by its contract',
  async (method, { input, expects, isEndless }) => {
    const given = await input(studio);

    const { answer, reports } = await ask(studio.rpc, method, given, isEndless === true);

    await expects(answer as never, studio, reports);
    expect(studio.defects).toEqual([]);
  },
);

/** The answer and what was reported on the way; a method without an end is cancelled after its first report. */
async function ask(
  rpc: RpcClient<StudioContract>,
  method: AnyMethod,
  input: object,
  isEndless: boolean,
): Promise<{ answer: unknown; reports: never[] }> {
  const reports: never[] = [];
  const enough = new AbortController();
  const onprogress = (report: unknown) => {
    reports.push(report as never);
    if (isEndless) enough.abort();
  };
  const call = rpc.call(method, input, { onprogress, signal: enough.signal });
  if (!isEndless) return { answer: await call, reports };
  const cause: unknown = await call.catch((reason: unknown) => reason);
  expect(isStudioError(cause, 'CANCELLED')).toBe(true);
  return { answer: {}, reports };
}
