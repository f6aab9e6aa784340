/** How smoothly a page moves, by Chromium's own trace of its frames. */
import type { Browser, Locator, Page } from '@playwright/test';

export interface Scrolling {
  /** Pixels downwards, and pixels a second. */
  readonly distance: number;
  readonly speed: number;
}

/** Ten seconds of frames while an element is scrolled. */
export async function framesWhileScrolling(
  chrome: Browser,
  page: Page,
  grid: Locator,
  { distance, speed }: Scrolling,
): Promise<object> {
  const box = (await grid.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const frames = await framesDuring(chrome, page, () =>
    session.send('Input.synthesizeScrollGesture', {
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      yDistance: -distance,
      speed,
      gestureSourceType: 'mouse',
    }),
  );
  return { scrolledPixels: await grid.evaluate((element) => element.scrollTop), ...frames };
}

/** Ten seconds of frames, while something else goes on. */
export async function framesDuring(
  chrome: Browser,
  page: Page,
  work: () => Promise<unknown> = () => Promise.resolve(),
): Promise<object> {
  await chrome.startTracing(page, {
    categories: ['cc', 'benchmark', 'disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'],
  });
  const frames = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const beginning = performance.now();
        const note = (at: number) => {
          times.push(at);
          if (at - beginning < 10_000) requestAnimationFrame(note);
          else resolve(times.slice(1).map((time, i) => time - times[i]!));
        };
        requestAnimationFrame(note);
      }),
  );
  const working = work();
  const intervals = await frames;
  await working;
  const trace = JSON.parse((await chrome.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return {
    frames: intervals.length,
    perSecond: Number(((1000 * intervals.length) / intervals.reduce((sum, ms) => sum + ms, 0)).toFixed(2)),
    medianMs: quantile(intervals, 0.5),
    p95Ms: quantile(intervals, 0.95),
    p99Ms: quantile(intervals, 0.99),
    longestMs: quantile(intervals, 1),
    inTrace: statesOf(trace.traceEvents),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly args?: { readonly frame_reporter?: { readonly state?: string; readonly affects_smoothness?: boolean } };
}

/** How many frames Chromium presented, and how many it dropped where the eye would notice, by its own report of each. */
function statesOf(events: readonly TraceEvent[]): { presented: number; dropped: number } {
  const reports = events
    .filter(({ name }) => name === 'PipelineReporter')
    .flatMap(({ args }) => (args?.frame_reporter === undefined ? [] : [args.frame_reporter]));
  return {
    presented: reports.filter(({ state }) => state?.startsWith('STATE_PRESENTED')).length,
    dropped: reports.filter((report) => report.state === 'STATE_DROPPED' && report.affects_smoothness === true).length,
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1));
}
