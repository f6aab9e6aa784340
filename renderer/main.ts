/** The page's entry: finds out which host it runs under, and mounts the studio on it. */
import { browserHost } from './host/browser-host.ts';
import { electronHost } from './host/electron-host.ts';
import { mountStudio } from './mount.ts';

mountStudio(electronHost() ?? browserHost());
