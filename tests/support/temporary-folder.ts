import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder; whoever asks for it removes it. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `tessera-test-${name}-`));
}
