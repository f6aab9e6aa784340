/** The files of the page, all in memory, for every host: a request is looked up among them and never reaches the disk. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly sha256: string;
  /** Its name holds a hash of its content. */
  readonly isImmutable: boolean;
}

/** What the page consists of; anything else in the folder (source maps, build manifests) is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The built page by the exact path of each request; `/` is index.html.
 *
 * @throws Error of the file system where the page has not been built.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined || entry.name.startsWith('.')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    const bytes = readFileSync(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.set(`/${name}`, { bytes, type, sha256, isImmutable: name.startsWith('assets/') });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new Error(`${folder} has no index.html`);
  // Browsers ask for it on pages that name no icon, such as the one that signs in.
  const icon = [...files].find(([name]) => /^\/assets\/icon-[^/]+\.svg$/.test(name))?.[1];
  if (icon !== undefined) files.set('/favicon.ico', { ...icon, isImmutable: false });
  return files.set('/', index);
}
