/** A report as one HTML file: rendered once, in the reader's language, with its style and pictures inside. */
import { render } from 'svelte/server';
import { m } from '../../core/messages/compiled/messages.js';
import { getLocale, overwriteGetLocale } from '../../core/messages/compiled/runtime.js';
import style from '../../renderer/report/report.css?raw';
import tokens from '../../renderer/tokens.css?raw';
import RunReport from '../../renderer/report/RunReport.svelte';
import ComparisonReport from '../../renderer/report/ComparisonReport.svelte';
import type { ComparisonReportData, RunReportData } from '../../renderer/report/run-report.ts';

export type {
  ComparisonReportData,
  ReportedRun,
  ReportPicture,
  RunReportData,
} from '../../renderer/report/run-report.ts';
export type ReportLanguage = 'en' | 'ko';

/** Nothing may be loaded and nothing runs, wherever the file is opened. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function renderRunReport(data: RunReportData, language: ReportLanguage): string {
  return inLanguage(language, () => {
    const title = m.report_title({ number: data.run.number, name: data.run.name });
    return page(title, render(RunReport, { props: data }).body, language);
  });
}

export function renderComparisonReport(data: ComparisonReportData, language: ReportLanguage): string {
  return inLanguage(language, () => {
    const runs = data.runs.map(({ run }) => `#${run.number}`).join(', ');
    return page(m.report_comparison_title({ runs }), render(ComparisonReport, { props: data }).body, language);
  });
}

function page(title: string, body: string, language: ReportLanguage): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${tokens}${style}</style>
</head>
<body>${body}</body>
</html>
`;
}

/** Messages are read in this language while `work` runs, which waits for nothing. */
export function inLanguage<Result>(language: ReportLanguage, work: () => Result): Result {
  const before = getLocale;
  overwriteGetLocale(() => language);
  try {
    return work();
  } finally {
    overwriteGetLocale(before);
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => escapes[c]!);
}
