import type { searchesContract } from '../../../core/rpc/contract/searches.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { RacePaths } from '../race-paths.ts';
import type { SearchRegistry } from '../search-registry.ts';

export function searchesHandlers(searches: SearchRegistry, paths: RacePaths) {
  return {
    'searches.start': ({ plan, name }) => ({ searchId: searches.start(plan, name) }),
    'searches.list': () => ({ searches: searches.list() }),
    'searches.get': ({ searchId }) => searches.get(searchId),
    'searches.watch': async ({ searchId }, { signal, progress }) => ({
      status: await searches.watch(searchId, signal, progress),
    }),
    'searches.stop': async ({ searchId }) => {
      await searches.stop(searchId);
      return {};
    },
    'searches.resume': ({ searchId }) => {
      searches.resume(searchId);
      return {};
    },
    'searches.curves': ({ searchId }) => searches.curves(searchId),
    'searches.paths': ({ searchId, onlyKept, ...options }, { signal, progress }) =>
      onlyKept ? paths.kept(searchId) : paths.of(searchId, options, signal, progress),
  } satisfies Handlers<typeof searchesContract>;
}
