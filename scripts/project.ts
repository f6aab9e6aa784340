/** Where the project lies. Scripts resolve every path against it, so they run from any folder. */
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
