/** The browser host without its backend: serves any handlers of the studio's contract to a page. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { studioContract, type StudioContract } from '../../core/rpc/contract/index.ts';
import type { Handlers } from '../../core/rpc/define.ts';
import { serve } from '../../core/rpc/server.ts';
import { version } from '../backend/version.ts';
import { keepHostIdentity, readHostIdentity } from './host-identity.ts';
import { startHttpServer } from './http-server.ts';
import { invite, type Terminal } from './invitation.ts';
import { readPageFiles } from '../backend/page-files.ts';

export interface LoopbackOptions {
  readonly dataFolder: string;
  /** Port to ask for before the last one; 0 or a port in use gives any free one. */
  readonly port?: number;
  /** Whether to open a window; otherwise a line `READY <link>` on standard output says where the page is. */
  readonly open: boolean;
}

export interface LoopbackHostOptions extends LoopbackOptions {
  readonly handlers: Handlers<StudioContract>;
  readonly logInternalError: (cause: unknown, method: string) => string;
  /** The built page; by default the one that lies beside the programs. */
  readonly pageFolder?: string;
  readonly terminal?: Terminal;
}

export interface LoopbackHost {
  readonly port: number;
  readonly hostLabel: string;
  close(): Promise<void>;
}

export async function startLoopback(options: LoopbackHostOptions): Promise<LoopbackHost> {
  const { dataFolder, handlers, logInternalError, terminal = processTerminal() } = options;
  const identity = readHostIdentity(dataFolder);
  const wanted = options.port ?? identity.port ?? 0;
  let signedIn: () => void = () => undefined;
  const server = await startHttpServer({
    files: readPageFiles(options.pageFolder ?? builtPage()),
    hostLabel: identity.hostLabel,
    version,
    ports: wanted === 0 ? [0] : [wanted, 0],
    onConnect: (transport) => void serve(studioContract, handlers, transport, { onInternalError: logInternalError }),
    onSignIn: () => signedIn(),
  });
  // A second host on the same folder gets another port and must not make it the one of tomorrow.
  if (identity.port === null || server.port === wanted)
    keepHostIdentity(dataFolder, { ...identity, port: server.port });
  const invitation = await invite(server, terminal, options.open);
  signedIn = () => invitation.signedIn();
  return {
    port: server.port,
    hostLabel: identity.hostLabel,
    close: async () => {
      invitation.close();
      await server.close();
    },
  };
}

function processTerminal(): Terminal {
  return {
    line: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void process.stderr.write(`${text}\n`),
    onEnter: (listener) => {
      const { stdin } = process;
      if (!stdin.isTTY) return () => undefined;
      // Key by key, so that Ctrl+C comes here and not as a signal to the shells in between, which would die of it and make a
      // good end look like a bad one.
      stdin.setRawMode(true);
      const onKeys = (keys: Buffer) => {
        if (keys.includes(0x03)) process.emit('SIGINT');
        else if (keys.includes(0x0d)) listener();
      };
      stdin.on('data', onKeys);
      return () => {
        stdin.off('data', onKeys).setRawMode(false).pause();
      };
    },
  };
}

/** `dist/client`, seen from dist/node, from a chunk there, or from the sources. */
function builtPage(): string {
  const folder = path.dirname(fileURLToPath(import.meta.url));
  const candidates = ['../client', '../../client', '../../dist/client'].map((place) => path.resolve(folder, place));
  return candidates.find((candidate) => existsSync(path.join(candidate, 'index.html'))) ?? candidates[0]!;
}
