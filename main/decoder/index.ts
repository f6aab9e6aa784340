/** The process that opens pictures. It holds no database and no path of the store, and can be killed at any time. */
import { decoderContract } from '../../core/rpc/contract/decoder.ts';
import { parentTransport } from '../../core/rpc/parent-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import { decoderHandlers } from './decoder-handlers.ts';
import { PictureOpener } from './open-picture.ts';

/** A picture that needs more than this is not worth the machine; the backend replaces the process. */
const memoryLimitBytes = 512 * 2 ** 20;
const memoryPollMs = 50;

setInterval(() => {
  if (process.memoryUsage.rss() > memoryLimitBytes) process.kill(process.pid, 'SIGKILL');
}, memoryPollMs).unref();

serve(decoderContract, decoderHandlers(PictureOpener.create()), parentTransport());
