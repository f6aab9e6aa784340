/** How numbers look: in the language of the messages, always in the same places. Reports are written with it outside the page. */
import { m } from '../core/messages/compiled/messages.js';
import { getLocale } from '../core/messages/compiled/runtime.js';

/** Formatters by what they are asked for: making one takes longer than formatting a table with it. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function format(value: number, least: number, most: number, signDisplay: 'auto' | 'exceptZero' = 'auto'): string {
  const key = `${getLocale()} ${least} ${most} ${signDisplay}`;
  let made = numberFormats.get(key);
  if (made === undefined) {
    const options = { minimumFractionDigits: least, maximumFractionDigits: most, signDisplay };
    numberFormats.set(key, (made = new Intl.NumberFormat(getLocale(), options)));
  }
  return made.format(value);
}

export function count(value: number): string {
  return format(value, 0, 0);
}

/** A fraction as percent: 0.3931 is `39.3 %`; null is a dash. */
export function percent(fraction: number | null, digits = 1): string {
  if (fraction === null) return '–';
  return `${fixed(fraction * 100, digits)} %`;
}

export function fixed(value: number | null, digits: number): string {
  if (value === null) return '–';
  return format(value, digits, digits);
}

/** With its sign, always: `+1.17`, `−0.42`. */
export function signed(value: number, digits = 2): string {
  return format(value, digits, digits, 'exceptZero').replace('-', '−');
}

/** A number of unknown size, short: 0.0005 is `5e-4`, 1.2345 is `1.234`. */
export function short(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-2 || size >= 1e6)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

/** Rounded as a person would say it: `about 12 s`, `about 3 min`, `about 2 h`. */
export function about(seconds: number): string {
  if (seconds < 5) return m.format_a_few_seconds();
  if (seconds < 55) return m.format_about_seconds({ count: Math.ceil(seconds / 5) * 5 });
  if (seconds < 3300) return m.format_about_minutes({ count: Math.max(1, Math.round(seconds / 60)) });
  return m.format_about_hours({ count: Number((seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)) });
}

export function duration(seconds: number): string {
  if (seconds < 10) return m.format_seconds({ count: fixed(seconds, 1) });
  if (seconds < 90) return m.format_seconds({ count: fixed(seconds, 0) });
  if (seconds < 5400) return m.format_minutes({ count: fixed(seconds / 60, 1) });
  return m.format_hours({ count: fixed(seconds / 3600, 1) });
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1e6) return `${fixed(size / 1e3, 1)} kB`;
  if (size < 1e9) return `${fixed(size / 1e6, 1)} MB`;
  return `${fixed(size / 1e9, 2)} GB`;
}

/** Day and time, short. */
export function when(timestamp: number): string {
  return dateFormat({ dateStyle: 'medium', timeStyle: 'short' }).format(timestamp);
}

/** The same for a narrow column: the time of a day of this year, the date of one before. */
export function whenBrief(timestamp: number, now = Date.now()): string {
  const isThisYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  const brief = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return dateFormat(isThisYear ? brief : { dateStyle: 'medium' }).format(timestamp);
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([getLocale(), options]);
  let made = dateFormats.get(key);
  if (made === undefined) dateFormats.set(key, (made = new Intl.DateTimeFormat(getLocale(), options)));
  return made;
}
