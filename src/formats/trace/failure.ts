import { FailureError } from '../../core/failure';

/** Why something that should be a trace cannot be used; `why` goes on from "This recording cannot be used: …". */
export function invalid(why: string): FailureError {
  return new FailureError('trace-invalid', `This recording cannot be used: ${why}.`, 'Ask for the link or the file again, whole.');
}

/** A recording that a later version of the page has made. */
export function newer(): FailureError {
  return new FailureError(
    'trace-newer',
    'This recording was made by a newer version of the page.',
    'Reload the page to get its newest version, then open the recording again.',
  );
}
