import { FailureError } from '../../core/failure';

/** A file that is no sound GGUF file: cut short, damaged or hostile. @param what completes "The GGUF file cannot be used: …" */
export function invalid(what: string, cause?: unknown): FailureError {
  return new FailureError(
    'gguf-invalid',
    `The GGUF file cannot be used: ${what}.`,
    'Download the file again, or choose another one.',
    cause,
  );
}

/** A sound file that the page has nothing for. @param hint what to choose instead, a sentence */
export function unsupported(what: string, hint: string, cause?: unknown): FailureError {
  return new FailureError('gguf-unsupported', `This GGUF file cannot run here: ${what}.`, hint, cause);
}

/** `opening`, whose refusals name the file where several are opened. @param name null: there is no other one */
export function naming<T>(opening: Promise<T>, name: string | null): Promise<T> {
  return opening.catch((error) => {
    if (name === null || !(error instanceof FailureError)) throw error;
    const { code, message, hint } = error.failure;
    throw new FailureError(code, message.replace(/^(The|This) GGUF file\b/, `The GGUF file ${quoted(name)}`), hint, error.cause);
  });
}

/** Text of a file as it may stand in a message: short, on one line. */
export function quoted(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ');
  return `"${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`;
}
