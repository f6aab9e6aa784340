/** PyTorch as a contestant: of the ways to write the same step, the one that is fastest here and now. */
import type { BenchOptions, Contestant } from './comparison.ts';
import { PythonPeer } from './python-peer.ts';

export async function torchContestant(
  { python, isQuick }: BenchOptions,
  threads: number,
  open: object,
  side: 'peer' | 'bound' = 'peer',
): Promise<Contestant | null> {
  if (python === null) return null;
  const peer = new PythonPeer(python, 'steps', threads);
  const { ways } = await peer.ask<{ ways: string[] }>({ open });
  const measure = async (way: string, ms: number) => (await peer.ask<{ ms: number }>({ way, ms })).ms;
  let best = { way: ways[0]!, ms: Infinity };
  for (const way of ways) {
    await measure(way, isQuick ? 20 : 100);
    const ms = Math.min(await measure(way, isQuick ? 20 : 200), await measure(way, isQuick ? 20 : 200));
    if (ms < best.ms) best = { way, ms };
  }
  return {
    name: `PyTorch (${best.way})`,
    side,
    measure: () => measure(best.way, isQuick ? 30 : 250),
    close: () => peer.close(),
  };
}
