/** Real Electron, driven by Playwright: `npm run test:electron`, on a machine that has its binary and a display. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { electronProgram } from '../../../scripts/electron-program.ts';
import { root } from '../../../scripts/project.ts';
import type { Host } from './host.ts';

export const realElectron: Host = {
  name: 'Electron',
  start: async (dataFolder) => {
    const executablePath = electronProgram();
    if (executablePath === null) throw new Error('Electron is not installed here. Run `npm run electron:fetch` first.');
    const studio = await _electron.launch({ executablePath, args: [root, '--data', dataFolder] });
    const { pid } = studio.process();
    const exited = new Promise<void>((resolve) => studio.process().once('exit', () => resolve()));
    return {
      pid: pid!,
      open: () => studio.firstWindow(),
      chooseFolder: async (_page, folder, click) => {
        await answerDialog(studio, [folder]);
        await click();
      },
      chooseFiles: async (_page, files, click) => {
        await answerDialog(studio, [...files]);
        await click();
      },
      drop: (page, paths) => dropFiles(page, paths),
      quit: async () => {
        await studio.evaluate(({ app }) => app.quit()).catch(() => undefined); // it may be gone before it has answered
        await exited;
      },
      kill: async () => {
        studio.process().kill('SIGKILL');
        await exited;
      },
    };
  },
};

/** The system's dialog cannot be pressed by a program. */
function answerDialog(studio: ElectronApplication, filePaths: string[]): Promise<void> {
  return studio.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: chosen });
  }, filePaths);
}

/** Files that an input element was given know their path, as dropped ones do. */
async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const input = await page.evaluateHandle(() => {
    const element = document.createElement('input');
    element.type = 'file';
    element.multiple = true;
    return element;
  });
  await input.setInputFiles([...paths]);
  await input.evaluate((element) => {
    const dataTransfer = new DataTransfer();
    for (const file of element.files!) dataTransfer.items.add(file);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  });
}
