/** The browser host as a program of its own, for a start without Electron. Flags: `--data`, `--port`, `--no-open`. */
import { parseArgs } from 'node:util';
import { StudioError } from '../../core/errors.ts';
import { errorSentence } from '../../core/messages/error-sentence.ts';
import { overwriteGetLocale } from '../../core/messages/compiled/runtime.js';
import { chooseDataFolder } from '../backend/choose-data-folder.ts';
import { runLoopback } from './run-loopback.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string' }, 'no-open': { type: 'boolean', default: false } },
});
const { LC_ALL, LC_MESSAGES, LANG } = process.env;
const locale = (LC_ALL ?? LC_MESSAGES ?? LANG ?? '').startsWith('ko') ? 'ko' : 'en';
overwriteGetLocale(() => locale);

try {
  await runLoopback({
    dataFolder: values.data ?? chooseDataFolder(process.env),
    open: !values['no-open'],
    ...(values.port !== undefined && { port: Number(values.port) }),
  });
} catch (cause) {
  if (!(cause instanceof StudioError)) throw cause;
  process.stderr.write(`${errorSentence(cause)}\n`);
  process.exitCode = 1;
}
