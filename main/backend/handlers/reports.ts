import type { reportsContract } from '../../../core/rpc/contract/reports.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import { comparisonReport } from '../comparison-report.ts';
import { type ReportParts, runReport } from '../run-report.ts';

export function reportsHandlers(parts: ReportParts) {
  return {
    'reports.run': async ({ runId, which, language }, { signal }) => ({
      html: new TextEncoder().encode(await runReport(parts, runId, which, language, signal)),
    }),
    'reports.comparison': async ({ runIds, which, language }, { signal }) => ({
      html: new TextEncoder().encode(await comparisonReport(parts, runIds, which, language, signal)),
    }),
  } satisfies Handlers<typeof reportsContract>;
}
