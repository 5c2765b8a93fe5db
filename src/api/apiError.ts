/** Errors in OpenAI's shape: `{ error: { message, type, param, code } }` with an HTTP status. */
import { type Failure, type FailureCode, FailureError } from '../core/failure';

export interface ApiErrorBody {
  readonly error: {
    /** What happened, and what to do. */
    readonly message: string;
    readonly type: 'invalid_request_error' | 'server_error';
    /** The field that is wrong; null where none is. */
    readonly param: string | null;
    readonly code: string;
  };
}

export class ApiError extends Error {
  readonly status: number;
  readonly body: ApiErrorBody;

  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.body = { error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param, code } };
  }
}

/** Failures that another request mends; all others are the server's. */
const OF_THE_REQUEST: Partial<Record<FailureCode, number>> = {
  'prompt-empty': 400,
  'prompt-too-long': 400,
  'invalid-setting': 400,
  'format-dead-end': 400,
  'rollback-missing': 400,
  busy: 503,
  'not-loaded': 503,
};

/** `failure` of a run, as an answer. @param prompt the field that the prompt came in */
export function apiErrorOf({ code, message, hint }: Failure, prompt: 'messages' | 'prompt' | null = null): ApiError {
  const status = OF_THE_REQUEST[code] ?? 500;
  const told = code === 'prompt-too-long' ? 'context_length_exceeded' : code.replaceAll('-', '_');
  return new ApiError(status, told, `${message} ${hint}`, prompt && paramOf({ code, message }, prompt));
}

/** The field that is at fault where only a run can tell: most are judged before. */
function paramOf({ code, message }: Pick<Failure, 'code' | 'message'>, prompt: 'messages' | 'prompt'): string | null {
  switch (code) {
    case 'prompt-too-long':
    case 'prompt-empty':
      return prompt;
    case 'format-dead-end':
      return 'response_format';
    case 'invalid-setting':
      // What a bias may be, only the vocabulary tells.
      return /logit bias/i.test(message) ? 'logit_bias' : null;
    default:
      return null;
  }
}

/** Anything that was thrown, as an answer. What nobody foresaw is the cause of its error and no part of the answer, since it may name places of a program. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof FailureError) return apiErrorOf(thrown.failure);
  const error = new ApiError(500, 'internal', 'Something unexpected happened here. Send the request again.');
  error.cause = thrown;
  return error;
}
