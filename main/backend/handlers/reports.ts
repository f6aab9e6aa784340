import type { reportsContract } from '../../../core/rpc/contract/reports.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import { type ReportParts, runReport } from '../run-report.ts';

export function reportsHandlers(parts: ReportParts) {
  return {
    'reports.run': async ({ runId, which, language }, { signal }) => ({
      html: new TextEncoder().encode(await runReport(parts, runId, which, language, signal)),
    }),
  } satisfies Handlers<typeof reportsContract>;
}
