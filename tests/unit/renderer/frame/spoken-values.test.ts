import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { speakNowAndThen } from '../../../../renderer/frame/spoken-values.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('speaks a value that changes ten times a second at most once in five seconds, and not after the end', () => {
  let value = 0;
  const spokenAt: number[] = [];
  const started = Date.now();
  const ticking = setInterval(() => value++, 100);
  const end = speakNowAndThen(
    () => String(value),
    () => spokenAt.push(Date.now() - started),
  );

  vi.advanceTimersByTime(21_000);
  end();
  vi.advanceTimersByTime(20_000);

  expect(spokenAt.length).toBeGreaterThan(0);
  expect(spokenAt.every((at, i) => at - (spokenAt[i - 1] ?? 0) >= 5000)).toBe(true);
  expect(Math.max(...spokenAt)).toBeLessThan(21_000);
  clearInterval(ticking);
});
