/** Tries to hold a data folder: prints `HELD`, and stays until it is killed, or `REFUSED <holder>`. */
import { isStudioError } from '../../../core/errors.ts';
import { prepareDataFolder } from '../../../main/store/data-folder.ts';
import { holdDataFolder } from '../../../main/store/data-lock.ts';

try {
  await holdDataFolder(prepareDataFolder(process.argv[2]!).folder, 'cli');
  process.stdout.write('HELD\n');
  setInterval(() => {}, 60_000);
} catch (cause) {
  if (!isStudioError(cause, 'DATA_FOLDER_IN_USE')) throw cause;
  process.stdout.write(`REFUSED ${cause.details.holder}\n`);
}
