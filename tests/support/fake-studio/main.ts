/**
 * The page over an in-memory backend. What the backend holds is said in the address, before the hash:
 * `?empty` nothing, `?pictures=60000` one more dataset of that many, `?runs=200` more finished runs, `?interrupted` a run to resume, `?busy` a job that
 * goes on, `?lang=ko`, `?theme=dark`.
 */
import { serve } from '../../../core/rpc/server.ts';
import { inMemoryTransportPair } from '../../../core/rpc/in-memory-transport.ts';
import { studioContract } from '../../../core/rpc/contract/index.ts';
import { browserHost } from '../../../renderer/host/browser-host.ts';
import { mountStudio } from '../../../renderer/mount.ts';
import { FakeStudio } from './fake-studio.ts';

const query = new URLSearchParams(location.search);
const fake = new FakeStudio({
  isEmpty: query.has('empty'),
  pictures: Number(query.get('pictures') ?? 0),
  runs: Number(query.get('runs') ?? 0),
  isInterrupted: query.has('interrupted'),
  isBusy: query.has('busy'),
  language: query.get('lang') === 'ko' ? 'ko' : 'en',
  theme: query.get('theme') === 'dark' ? 'dark' : query.get('theme') === 'light' ? 'light' : 'system',
});

let drop: (() => void) | null = null;
mountStudio({
  ...browserHost(),
  connect: () => {
    if (query.has('lost')) return Promise.reject(new Error('nobody there'));
    const [page, backend] = inMemoryTransportPair();
    const served = serve(studioContract, fake.handlers(), backend);
    drop = () => served.close();
    return Promise.resolve(page);
  },
});
/** For tests of the banner. */
Object.assign(window, { dropConnection: () => drop?.() });
