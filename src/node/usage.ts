import { FailureError } from '../core/failure';

/** The command as it was written says nothing that can be done: the program then prints its usage and ends with 2. */
export function usageError(message: string, hint: string): FailureError {
  return new FailureError('command-invalid', message, hint);
}
