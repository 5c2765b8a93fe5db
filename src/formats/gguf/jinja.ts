import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import type { Message } from './conversation';
import { unsupported } from './refusals';

/** The longest published templates, with tools, have 20,000. */
const MOST_TEMPLATE_LENGTH = 65_536;
/** Some 20 times what those take. */
const MOST_STEPS = 100_000;
const MOST_LENGTH = 16_384;
/** Characters that are written or searched as quickly as a step is made. */
const LENGTH_OF_STEP = 64;
const MOST_NUMBER = 1000;

/** A chat template as files have it, in Jinja. It is anybody's program: its steps, and the size of whatever it makes, have a bound. */
export class JinjaTemplate {
  readonly #program: ReturnType<typeof parse>;

  /** @throws FailureError gguf-unsupported where it is no template, or a very long one */
  constructor(text: string) {
    if (text.length > MOST_TEMPLATE_LENGTH) throw unreadable(`it has ${text.length} characters`);
    try {
      this.#program = parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true }));
    } catch (cause) {
      throw unreadable('it is not Jinja that can be read', cause);
    }
  }

  /**
   * What it writes of `messages`, and with `reply` of the header of an answer. There are no tools, and no date: templates that write one then write the
   * one they were made with.
   *
   * @returns null where the template refuses such messages
   * @throws FailureError gguf-unsupported where it goes beyond the bounds
   */
  render(messages: readonly Message[], tokens: { readonly bos: string; readonly eos: string }, reply: boolean): string | null {
    const environment = new Environment();
    const known = {
      ...{ true: true, false: false, none: null, True: true, False: false, None: null },
      ...{ messages, add_generation_prompt: reply, bos_token: tokens.bos, eos_token: tokens.eos },
      range: boundedRange,
      raise_exception: (text: string) => {
        throw new Error(text);
      },
    };
    for (const [name, value] of Object.entries(known)) environment.set(name, value);
    try {
      const { value } = new BoundedInterpreter(environment).run(this.#program);
      return typeof value === 'string' ? value : null;
    } catch (thrown) {
      if (thrown instanceof BeyondBounds) throw unreadable(`it ${thrown.message}`, thrown);
      // The stack has an end, and so has a text.
      if (thrown instanceof RangeError) throw unreadable('it goes too deep or writes too much', thrown);
      return null;
    }
  }
}

/** Its message completes "it …". */
class BeyondBounds extends Error {}

class BoundedInterpreter extends Interpreter {
  #steps = 0;

  override evaluate(...[statement, environment]: Parameters<Interpreter['evaluate']>): ReturnType<Interpreter['evaluate']> {
    const result = super.evaluate(statement, environment);
    const { value } = result;
    // A loop makes something of each entry before its first step.
    this.#steps += 1 + (Array.isArray(value) ? value.length : typeof value === 'string' ? value.length / LENGTH_OF_STEP : 0);
    if (this.#steps > MOST_STEPS) throw new BeyondBounds('takes too many steps');
    const large = typeof value === 'number' ? Math.abs(value) > MOST_NUMBER : sizeOf(value) > MOST_LENGTH;
    if (large) throw new BeyondBounds('makes something too large');
    return result;
  }
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}

function boundedRange(from: number, to?: number, step = 1): number[] {
  const [start, end] = to === undefined ? [0, from] : [from, to];
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (!(length <= MOST_NUMBER)) throw new BeyondBounds('counts too far');
  return Array.from({ length }, (_, i) => start + i * step);
}

function unreadable(why: string, cause?: unknown) {
  return unsupported(
    `its chat template cannot be read: ${why}`,
    'Choose a file with another chat template, as the model’s makers publish it.',
    cause,
  );
}
