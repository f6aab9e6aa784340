/** The entry of a helper process that serves the echo contract. */
import { parentTransport } from '../../../core/rpc/parent-transport.ts';
import { serve } from '../../../core/rpc/server.ts';
import { echoContract, echoHandlers } from './echo-contract.ts';

const handlers = echoHandlers(() => process.exit(3));
serve(echoContract, handlers, parentTransport(), { onInternalError: () => 'helper-log-1' });
