/** The compute process: its own event loop does no arithmetic, it only starts worker threads and answers. */
import { computeContract } from '../../core/rpc/contract/compute.ts';
import { parentTransport } from '../../core/rpc/parent-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import { computeHandlers } from './compute-handlers.ts';
import { logInternal } from './log-internal.ts';

serve(computeContract, computeHandlers(), parentTransport(), { onInternalError: logInternal });
