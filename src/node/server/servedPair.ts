import { ApiError, apiErrorOf } from '../../api/apiError';
import { PairApi, type PairApiSetup } from '../../api/pairApi';
import { type Failure, FailureError, toFailure } from '../../core/failure';

type Run = PairApi['run'];

/** A pair behind the API of a server: what fails there and is no fault of the request is told in full to `log`, since it may name paths, and to the client by its code. */
export class ServedPair extends PairApi {
  readonly #log: (line: string) => void;

  constructor(setup: PairApiSetup, log: (line: string) => void) {
    super(setup);
    this.#log = log;
  }

  override async *run(...args: Parameters<Run>): ReturnType<Run> {
    try {
      for await (const event of super.run(...args)) {
        yield event.type === 'end' && event.reason === 'failed' ? { ...event, failure: this.#told(event.failure) } : event;
      }
    } catch (thrown) {
      if (thrown instanceof ApiError) throw thrown;
      const { code, message, hint } = this.#told(toFailure(thrown));
      throw new FailureError(code, message, hint, thrown);
    }
  }

  #told(failure: Failure): Failure {
    if (apiErrorOf(failure).status < 500) return failure;
    this.#log(`${failure.code}: ${failure.message} ${failure.hint}`);
    return { code: failure.code, message: `The models could not run (${failure.code}).`, hint: 'The server’s own output says why.' };
  }
}
