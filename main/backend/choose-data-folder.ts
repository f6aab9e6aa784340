/** Where a studio without `--data` keeps its data; hosts ask here, because the store is not theirs to import. */
import { defaultDataFolder } from '../store/data-folder.ts';

export function chooseDataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return defaultDataFolder(environment);
}
