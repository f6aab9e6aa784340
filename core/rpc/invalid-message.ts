import * as v from 'valibot';
import { StudioError } from '../errors.ts';

/** INVALID_INPUT for the first issue of a schema, or for a field and a problem in words. */
export function invalidMessage(
  method: string,
  issuesOrPath: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]] | string,
  problem?: string,
): StudioError<'INVALID_INPUT'> {
  if (typeof issuesOrPath === 'string') {
    return new StudioError('INVALID_INPUT', { method, path: issuesOrPath, problem: problem ?? 'invalid' });
  }
  const [issue] = issuesOrPath;
  // The message of an issue quotes what was received, which may be large or private: only its beginning is kept.
  return new StudioError('INVALID_INPUT', {
    method,
    path: v.getDotPath(issue)?.slice(0, 200) ?? '',
    problem: issue.message.slice(0, 200),
  });
}
