/**
 * Everything that can go wrong, as one tagged union: a program reads `code`, a person reads `message` (what happened)
 * and `hint` (what to do).
 */
export type FailureCode =
  | 'no-webgpu'
  | 'no-adapter'
  | 'device-lost'
  | 'out-of-memory'
  | 'manifest-invalid'
  | 'file-missing'
  | 'file-damaged'
  | 'server-refused'
  | 'network'
  | 'storage'
  | 'library-incompatible'
  | 'vocabulary-mismatch'
  | 'states-mismatch'
  | 'gguf-invalid'
  | 'gguf-unsupported'
  | 'model-too-large'
  | 'feature-missing'
  | 'rollback-missing'
  | 'prompt-empty'
  | 'prompt-too-long'
  | 'token-outside-vocabulary'
  | 'draft-empty'
  | 'draft-too-long'
  | 'invalid-setting'
  | 'unsupported'
  | 'not-loaded'
  | 'invalid-logits'
  | 'format-dead-end'
  | 'engine-lost'
  | 'trace-invalid'
  | 'trace-newer'
  | 'progress-unreadable'
  | 'progress-newer'
  | 'address-unknown'
  | 'busy'
  | 'playlist-invalid'
  | 'playlist-newer'
  | 'command-invalid'
  | 'port-unavailable'
  | 'interrupted'
  | 'aborted'
  | 'internal';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
}

/** A `Failure` that can be thrown. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FailureError';
    this.failure = { code, message, hint };
  }
}

/** The `Failure` in anything that was thrown; what is not ours becomes `internal`, with its own message kept. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal',
    message: `Something unexpected happened: ${message}`,
    hint: 'Run again. If it happens again, reload the page or restart the program.',
  };
}
