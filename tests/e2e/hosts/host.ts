/** A host as a journey sees it: the same sentences for every one of them. */
import type { BrowserContext, Page } from '@playwright/test';

/** A studio that runs on a data folder. */
export interface RunningStudio {
  /** The process at its head, which a test may kill. */
  readonly pid: number;
  /** Opens a page that is signed in. Real Electron has one of its own and leaves the context alone. */
  open(context: BrowserContext): Promise<Page>;
  /** What a person does after `click`: takes a folder or pictures in the system's dialog, or in the page's own chooser. */
  chooseFolder(page: Page, path: string, click: () => Promise<void>): Promise<void>;
  chooseFiles(page: Page, paths: readonly string[], click: () => Promise<void>): Promise<void>;
  /** Drops files on the page, as from the file manager. */
  drop(page: Page, paths: readonly string[]): Promise<void>;
  /** Ends it as a person does, pages and all; the data folder stays. */
  quit(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

export interface Host {
  readonly name: string;
  start(dataFolder: string): Promise<RunningStudio>;
}
