/** How the Gradient lab checks: settings a person may change, kept with the view. Only this class changes them. */
import type { Studio } from '../studio.svelte.ts';
import type { plantedMistakeNames } from '../../core/rpc/contract/checks.ts';

export type Mistake = (typeof plantedMistakeNames)[number];

export interface LabSettings {
  readonly samples: number;
  readonly entriesPerBlock: number;
  readonly order: 2 | 4;
  /** h; null takes the order's own. */
  readonly step: number | null;
  readonly burnIn: number;
  readonly mistake: Mistake | null;
  readonly seed: number;
}

/** As on the command line. */
const defaults: LabSettings = {
  samples: 10,
  entriesPerBlock: 30,
  order: 2,
  step: null,
  burnIn: 0,
  mistake: null,
  seed: 0,
};

export class LabView {
  readonly #studio: Pick<Studio, 'view' | 'setView'>;

  constructor(studio: Pick<Studio, 'view' | 'setView'>) {
    this.#studio = studio;
  }

  get settings(): LabSettings {
    return { ...defaults, ...this.#studio.view<Partial<LabSettings>>('gradient-lab.settings', {}) };
  }

  change(changes: Partial<LabSettings>): void {
    this.#studio.setView('gradient-lab.settings', { ...this.settings, ...changes });
  }
}
