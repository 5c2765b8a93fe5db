import { FailureError } from '../core/failure';
import type { EndEvent, RunEvent, RunSettings } from '../core/types';
import { AnswerText, type PlacedToken } from './answerText';
import type { ApiEngine, RunInput } from './apiEngine';
import { ApiError, apiErrorOf, asApiError } from './apiError';
import type { PlainReason } from './plainReason';
import type { Asked } from './request';
import type { AnswerHead, FinishReason, Usage } from './shapes';
import { endOf, usageOf } from './usage';

/** One answer's run. */
export interface AnswerRun {
  /** Which of the request's prompts it answers. */
  readonly prompt: number;
  readonly events: readonly RunEvent[];
  readonly plainBecause: PlainReason | null;
}

/** What comes of one of the answers at a time: its beginning, what a round adds, its end. */
export interface AnswerPiece {
  /** Of the answer. */
  readonly index: number;
  readonly type: 'begin' | 'text' | 'end';
  /** Whole characters, and nothing of a stop string. */
  readonly text: string;
  /** That begin in `text`. */
  readonly tokens: readonly PlacedToken[];
  /** Set at the end. */
  readonly finish: FinishReason | null;
}

/** Which answer of its request it is, to which prompt, and what it begins with. */
interface AnswerPlace {
  readonly index: number;
  readonly prompt: number;
  readonly begun: string;
}

export type WholeAnswer = Pick<AnswerPiece, 'text' | 'tokens'> & { readonly finish: FinishReason };

/** The field of a request that its prompts come in, by what the ids of its answers begin with. */
const PROMPT_FIELDS = { chatcmpl: 'messages', cmpl: 'prompt' } as const;
type PromptField = (typeof PROMPT_FIELDS)[keyof typeof PROMPT_FIELDS];

/** All answers to a request, one run after the other, while they come. */
export class Answers {
  readonly head: AnswerHead;
  readonly #promptField: PromptField;
  readonly #engine: ApiEngine;
  readonly #receivedMs: number;
  readonly #runs: AnswerRun[] = [];

  /** @param kind what the answer's id begins with @throws ApiError where there is no such model */
  static async to(request: Asked, kind: keyof typeof PROMPT_FIELDS, engine: ApiEngine): Promise<Answers> {
    const receivedMs = engine.now();
    const models = await engine.models().catch((thrown: unknown) => {
      throw asApiError(thrown);
    });
    const [first] = models;
    if (first === undefined) throw new ApiError(503, 'no_model', 'No model is chosen yet. Try again when the page has read its lists.');
    const { model } = request;
    if (model !== null && !models.some(({ id, names }) => id === model || names.includes(model))) {
      const known = models.map(({ id }) => id).join(', ');
      throw new ApiError(404, 'model_not_found', `There is no model "${model}" here. Ask for one of: ${known}.`, 'model');
    }
    const head = { id: `${kind}-${engine.randomId()}`, created: Math.floor(receivedMs / 1000), model: model ?? first.id };
    return new Answers(head, PROMPT_FIELDS[kind], engine, receivedMs);
  }

  private constructor(head: AnswerHead, promptField: PromptField, engine: ApiEngine, receivedMs: number) {
    this.head = head;
    this.#promptField = promptField;
    this.#engine = engine;
    this.#receivedMs = receivedMs;
  }

  /** Runs `inputs`, each as often as `request` asks for answers; leaving early ends the run. @throws ApiError where a run fails */
  async *pieces(inputs: readonly RunInput[], request: Asked, signal: AbortSignal): AsyncGenerator<AnswerPiece, void> {
    const all = inputs.flatMap((input, prompt) => Array.from({ length: request.answers }, () => ({ input, prompt })));
    try {
      for (const [index, { input, prompt }] of all.entries()) {
        const end = yield* this.#piecesOf(
          { index, prompt, begun: input.begun ?? '' },
          this.#engine.run(input, settingsOf(request, index), signal, index > 0),
        );
        // A person, or the client, has ended it: no further answer is wanted.
        if (end.reason === 'aborted') return;
      }
    } catch (thrown) {
      throw thrown instanceof FailureError ? apiErrorOf(thrown.failure, this.#promptField) : asApiError(thrown);
    }
  }

  /** Of the answer whose run `updates` tell. */
  async *#piecesOf({ index, prompt, begun }: AnswerPlace, updates: ReturnType<ApiEngine['run']>): AsyncGenerator<AnswerPiece, EndEvent> {
    const events: RunEvent[] = [];
    let plainBecause: PlainReason | null = null;
    let text = new AnswerText([]);
    for await (const update of updates) {
      if (update.type === 'plain') {
        plainBecause = update.because;
        continue;
      }
      events.push(update);
      if (update.type === 'start') {
        text = new AnswerText([...update.settings.stopStrings, ...(update.templateStops ?? [])]);
        yield { index, type: 'begin', text: begun, tokens: [], finish: null };
      }
      if (update.type === 'round') {
        const added = text.push(update);
        if (added.text !== '') yield { index, type: 'text', ...added, finish: null };
      }
    }
    const end = endOf(events);
    if (end.reason === 'failed') throw apiErrorOf(end.failure, this.#promptField);
    this.#runs.push({ prompt, events, plainBecause });
    const rest = text.end(end);
    if (rest.text !== '' || rest.tokens.length > 0) yield { index, type: 'text', ...rest, finish: null };
    yield { index, type: 'end', text: '', tokens: [], finish: end.reason === 'aborted' ? 'abort' : end.reason };
    return end;
  }

  /** All that `pieces` gives, put together: one for each answer. */
  async whole(inputs: readonly RunInput[], request: Asked, signal: AbortSignal): Promise<readonly WholeAnswer[]> {
    const whole: { text: string; tokens: PlacedToken[]; finish: FinishReason }[] = [];
    for await (const { index, text, tokens, finish } of this.pieces(inputs, request, signal)) {
      whole[index] ??= { text: '', tokens: [], finish: 'abort' };
      const answer = whole[index];
      answer.text += text;
      answer.tokens.push(...tokens);
      answer.finish = finish ?? answer.finish;
    }
    return whole;
  }

  /** Of the answers so far. */
  usage(): Usage {
    return usageOf(this.#runs, Math.max(0, this.#engine.now() - this.#receivedMs));
  }
}

/** Each answer of a request is a draw of its own. */
function settingsOf({ settings }: Asked, index: number): RunSettings {
  if (index === 0) return settings;
  const seed = BigInt.asUintN(64, BigInt(settings.sampling.seed) + BigInt(index));
  return { ...settings, sampling: { ...settings.sampling, seed } };
}
