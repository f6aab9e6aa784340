/** Every wire with the echo contract served at its far end. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import { inMemoryTransportPair } from '../../../core/rpc/in-memory-transport.ts';
import { portTransport } from '../../../core/rpc/port-transport.ts';
import { serve } from '../../../core/rpc/server.ts';
import type { Transport } from '../../../core/rpc/transport.ts';
import { childTransport } from '../../../main/children/child-transport.ts';
import { socketTransport as hostSocketTransport } from '../../../main/loopback/socket-transport.ts';
import { socketTransport as pageSocketTransport } from '../../../renderer/host/socket-transport.ts';
import { echoContract, echoHandlers } from './echo-contract.ts';

export interface Wire {
  /** The caller's end. */
  readonly transport: Transport;
  stop(): Promise<void>;
}

const options = { onInternalError: () => 'helper-log-1' };

function inMemory(): Promise<Wire> {
  const [near, far] = inMemoryTransportPair();
  serve(
    echoContract,
    echoHandlers(() => far.close()),
    far,
    options,
  );
  return Promise.resolve({ transport: near, stop: () => Promise.resolve(near.close()) });
}

function messagePort(): Promise<Wire> {
  const { port1, port2 } = new MessageChannel();
  serve(
    echoContract,
    echoHandlers(() => port2.close()),
    portTransport(port2),
    options,
  );
  const transport = portTransport(port1);
  return Promise.resolve({ transport, stop: () => Promise.resolve(transport.close()) });
}

function childProcess(): Promise<Wire> {
  const entry = fileURLToPath(new URL('./echo-helper.ts', import.meta.url));
  const child = fork(entry, {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  const transport = childTransport(child);
  return Promise.resolve({
    transport,
    stop: async () => {
      transport.close(); // the helper ends itself when its channel closes
      await exit;
    },
  });
}

async function webSocket(): Promise<Wire> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    serve(
      echoContract,
      echoHandlers(() => socket.terminate()),
      hostSocketTransport(socket),
      options,
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  socket.binaryType = 'arraybuffer';
  const transport = pageSocketTransport(socket);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  return {
    transport,
    stop: async () => {
      transport.close();
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

export const wires = [
  { name: 'memory', open: inMemory },
  { name: 'a MessagePort', open: messagePort },
  { name: 'a child process', open: childProcess },
  { name: 'a WebSocket', open: webSocket },
];
