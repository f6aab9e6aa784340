import type { AppInfo } from '../../../core/rpc/contract/app.ts';
import type { appContract } from '../../../core/rpc/contract/app.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { ViewStateRepository } from '../../store/view-state-repository.ts';
import type { EngineWatch } from '../engine-watch.ts';
import type { SettingsFile } from '../settings-file.ts';

export interface AppParts {
  readonly info: () => AppInfo;
  readonly engine: EngineWatch;
  readonly settings: SettingsFile;
  readonly viewState: ViewStateRepository;
}

export function appHandlers({ info, engine, settings, viewState }: AppParts) {
  return {
    'app.info': () => info(),
    'app.watch': async (_input, { signal, progress }) => {
      await engine.watch(signal, progress);
      return {};
    },
    'settings.get': () => ({ settings: settings.current, file: settings.path }),
    'settings.set': ({ changes }) => ({ settings: settings.change(changes) }),
    'view.get': () => ({ values: viewState.all() }),
    'view.set': ({ key, value }) => {
      viewState.put(key, value);
      return {};
    },
  } satisfies Handlers<typeof appContract>;
}
