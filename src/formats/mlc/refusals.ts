import { FailureError } from '../../core/failure';

/** A folder in MLC's format that contradicts itself, or is damaged. @param what completes "The model cannot be used: …" */
export function invalid(what: string): FailureError {
  return new FailureError('manifest-invalid', `The model cannot be used: ${what}.`, 'Download its files again, or choose another model.');
}
