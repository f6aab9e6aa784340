/** The studio itself: what runs, in which state, with which settings. */
import * as v from 'valibot';
import { Count, Id, JsonValue } from './common.ts';

export const EngineStatus = v.object({
  /** `restarting` while a dead process is being replaced. */
  compute: v.picklist(['starting', 'ready', 'busy', 'restarting', 'failed']),
  decoder: v.picklist(['idle', 'busy', 'restarting', 'failed']),
  backend: v.picklist(['wasm', 'native']),
  threads: Count,
  /** Why this one; `probing` while nobody knows yet whether the native library works here. */
  backendReason: v.picklist(['probing', 'probe-passed', 'probe-failed', 'chosen']),
});
export type EngineStatus = v.InferOutput<typeof EngineStatus>;

export const AppInfo = v.object({
  version: v.string(),
  host: v.picklist(['electron', 'loopback', 'cli']),
  dataFolder: v.string(),
  /** True where another process holds the data folder or it cannot be written. */
  readOnly: v.boolean(),
  readOnlyReason: v.nullable(v.string()),
  platform: v.string(),
  processor: v.string(),
  /** Runs that a crash or power cut interrupted and that can go on. */
  interruptedRuns: v.array(Id),
  /** Set when a damaged database was moved aside at this start. */
  recovery: v.nullable(
    v.object({
      movedTo: v.string(),
      restoredBackup: v.nullable(v.string()),
      /** Milliseconds since 1970. */
      backupMadeAt: v.nullable(v.number()),
      /** Checkpoints and pixel caches that only the damaged database knew; they lie beside it. */
      filesSetAside: Count,
    }),
  ),
});
export type AppInfo = v.InferOutput<typeof AppInfo>;

export const Settings = v.object({
  language: v.picklist(['system', 'en', 'ko']),
  theme: v.picklist(['system', 'light', 'dark']),
  /** Percent of the normal text size. */
  textSize: v.pipe(v.number(), v.integer(), v.minValue(80), v.maxValue(200)),
  computeBackend: v.picklist(['auto', 'wasm', 'native']),
  /** 0: as many as the machine has cores. */
  threads: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)),
  notifyWhenDone: v.boolean(),
  /** Side of imported pictures in pixels. */
  importSize: v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(128)),
  importFit: v.picklist(['crop', 'pad', 'stretch']),
  /** Larger text and lines, without the frame around them: for a room. */
  presenting: v.boolean(),
});
export type Settings = v.InferOutput<typeof Settings>;
export const defaultSettings: Settings = {
  language: 'system',
  theme: 'system',
  textSize: 100,
  computeBackend: 'auto',
  threads: 0,
  notifyWhenDone: true,
  importSize: 32,
  importFit: 'crop',
  presenting: false,
};

export const appContract = {
  'app.info': { input: v.object({}), output: AppInfo },
  /** The state of the helper processes, now and whenever it changes; ends with the connection. */
  'app.watch': { input: v.object({}), progress: EngineStatus, output: v.object({}) },
  /** Settings live in one readable file of the data folder and apply at once. */
  'settings.get': { input: v.object({}), output: v.object({ settings: Settings, file: v.string() }) },
  'settings.set': { input: v.object({ changes: v.partial(Settings) }), output: v.object({ settings: Settings }) },
  /** View state of the page (zoom, hidden series, last place), by key; nothing relies on the browser's own storage. */
  'view.get': { input: v.object({}), output: v.object({ values: v.record(v.string(), v.unknown()) }) },
  'view.set': {
    input: v.object({ key: v.pipe(v.string(), v.minLength(1), v.maxLength(100)), value: JsonValue }),
    output: v.object({}),
  },
} as const;
