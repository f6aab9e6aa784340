/**
 * `node run.ts <entry>`: evaluates the studio's main entry with the double in the place of `electron`, becomes ready
 * after that, and then does what the process that started it asks.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const electron = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
});
const { double } = (await import(electron)) as typeof import('./electron.ts');

export type Request =
  | { id: number; ask: 'state' }
  | { id: number; ask: 'fetch'; url: string; method: string }
  | { id: number; ask: 'permission'; name: string }
  | { id: number; ask: 'attempt'; what: Parameters<typeof double.attempt>[0]; url: string }
  | { id: number; ask: 'from-page'; channel: string; args: unknown[]; sender: import('./electron.ts').Sender }
  | { id: number; ask: 'answer'; next: Parameters<typeof double.answer>[0] }
  | { id: number; ask: 'to-port'; data: unknown }
  | { id: number; ask: 'close-port' }
  | { id: number; ask: 'quit' };

async function answer(request: Request): Promise<unknown> {
  switch (request.ask) {
    case 'state':
      return double.state();
    case 'fetch': {
      const response = await double.fetch(request.url, request.method);
      if (response === null || response.type === 'error') return null;
      const body = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    }
    case 'permission':
      return double.permission(request.name);
    case 'attempt':
      return double.attempt(request.what, request.url);
    case 'from-page':
      return double.fromPage(request.channel, request.args, request.sender);
    case 'answer':
      return double.answer(request.next);
    case 'to-port':
      return double.toPort(request.data);
    case 'close-port':
      return double.closePort();
    case 'quit':
      return double.quit();
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (value) => process.send?.({ kind: 'answer', id: request.id, value }),
    (cause: unknown) => process.send?.({ kind: 'answer', id: request.id, error: String(cause) }),
  );
});

await import(pathToFileURL(process.argv[2]!).href);
double.becomeReady();
process.send?.({ kind: 'ready' });
