/** A run's events as OpenAI's answers: one object, or chunks, each of whole characters. */
import { committedTokens, tally } from '../core/run/tally';
import { COMMITTED_VERDICTS, type EndEvent, type RoundEvent, type RunEvent, type RunToken } from '../core/types';
import { apiErrorOf } from './apiError';
import type { ChatRequest } from './chatRequest';

/** What all parts of an answer carry. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly accepted_prediction_tokens: number; readonly rejected_prediction_tokens: number };
  /** Of speculation; vLLM's names where it has them. */
  readonly extra: {
    readonly num_drafts: number;
    readonly num_draft_tokens: number;
    readonly num_accepted_tokens: number;
    /** Accepted drafts by their position in a draft, the first first. */
    readonly num_accepted_tokens_per_pos: readonly number[];
    readonly rounds: number;
    /** Tokens that a round adds to the text, the target's own included; null before there is a round. */
    readonly mean_acceptance_length: number | null;
    readonly time_to_first_token_s: number | null;
    readonly decode_tokens_per_s: number | null;
  };
}

export interface Logprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<Logprob, 'top_logprobs'>[];
}

type FinishReason = 'stop' | 'length' | 'abort';

/** The text of one answer while it comes. Text that may belong to a stop string waits until it is known. */
export class AnswerText {
  readonly #stops: readonly string[];
  #waiting = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Adds what a round has committed. @returns what may be given out now */
  push({ tokens }: RoundEvent): string {
    this.#waiting += committed(tokens)
      .map(({ text }) => text)
      .join('');
    const kept = Math.max(0, ...this.#stops.map((stop) => overlap(this.#waiting, stop)));
    const found = this.#stops.map((stop) => this.#waiting.indexOf(stop)).filter((at) => at !== -1);
    const ready = found.length > 0 ? Math.min(...found) : this.#waiting.length - kept;
    return this.#take(ready);
  }

  /** What is left once the run has ended. */
  end(end: EndEvent): string {
    const at = end.reason === 'stop' && end.stopString !== null ? this.#waiting.indexOf(end.stopString) : -1;
    return this.#take(at === -1 ? this.#waiting.length : at);
  }

  #take(length: number): string {
    const text = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(length);
    return text;
  }
}

/** How much of the end of `text` may be the beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}

/** The chunks of answer `index` of a stream: one for its role, one for each round that adds text, and one for its end. @throws ApiError where the run failed */
export async function* chunksOf(
  events: AsyncIterable<RunEvent>,
  request: ChatRequest,
  head: AnswerHead,
  index: number,
  ended: (events: readonly RunEvent[]) => void,
): AsyncGenerator<object, void> {
  const all: RunEvent[] = [];
  const text = new AnswerText(request.settings.stopStrings);
  const chunk = (delta: object, finish: FinishReason | null = null, logprobs: readonly Logprob[] | null = null) => ({
    ...{ ...head, object: 'chat.completion.chunk' },
    choices: [{ index, delta, logprobs: logprobs && { content: logprobs }, finish_reason: finish }],
  });
  for await (const event of events) {
    all.push(event);
    if (event.type === 'start') yield chunk({ role: 'assistant', content: '' });
    if (event.type === 'round') {
      const content = text.push(event);
      const logprobs = logprobsOf(committed(event.tokens), request);
      if (content !== '' || logprobs?.length) yield chunk({ content }, null, logprobs);
    }
    if (event.type !== 'end') continue;
    if (event.reason === 'failed') throw apiErrorOf(event.failure);
    const rest = text.end(event);
    if (rest !== '') yield chunk({ content: rest });
    yield chunk({}, finishOf(event));
  }
  ended(all);
}

/** The chunk that tells the usage, behind all others. */
export function usageChunk(head: AnswerHead, runs: readonly (readonly RunEvent[])[]): object {
  return { ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(runs) };
}

/** The whole answer of `runs`, one for each choice. @throws ApiError where one failed */
export function completionOf(runs: readonly (readonly RunEvent[])[], request: ChatRequest, head: AnswerHead): object {
  const choices = runs.map((events, index) => {
    const end = endOf(events);
    if (end.reason === 'failed') throw apiErrorOf(end.failure);
    const text = new AnswerText(request.settings.stopStrings);
    const content = events.map((event) => (event.type === 'round' ? text.push(event) : '')).join('') + text.end(end);
    const logprobs = logprobsOf(committedTokens(events), request);
    return {
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: logprobs && { content: logprobs, refusal: null },
      finish_reason: finishOf(end),
    };
  });
  return { ...head, object: 'chat.completion', choices, usage: usageOf(runs) };
}

function endOf(events: readonly RunEvent[]): EndEvent {
  const end = events.at(-1);
  return end?.type === 'end' ? end : { type: 'end', reason: 'aborted', endMs: 0 };
}

function finishOf({ reason }: EndEvent): FinishReason {
  return reason === 'stop' || reason === 'length' ? reason : 'abort';
}

function committed(tokens: readonly RunToken[]): RunToken[] {
  return tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict));
}

/** Of `tokens`, the target's own, of the distribution that they were drawn from; null where they were not asked for. */
function logprobsOf(tokens: readonly RunToken[], { topLogprobs }: ChatRequest): Logprob[] | null {
  if (topLogprobs === null) return null;
  return tokens.map(({ text, p, candidates }) => ({
    ...named(text, p ?? 0),
    top_logprobs: (candidates?.p ?? []).slice(0, topLogprobs).map((each) => named(each.text, each.probability)),
  }));
}

/** As JSON has no -Infinity, a probability of 0 is told as OpenAI tells it. */
const LEAST_LOGPROB = -9999;

function named(token: string, probability: number): Omit<Logprob, 'top_logprobs'> {
  return { token, logprob: Math.max(LEAST_LOGPROB, Math.log(probability)), bytes: [...new TextEncoder().encode(token)] };
}

/** Of all runs of a request together; the prompt counts once. */
export function usageOf(runs: readonly (readonly RunEvent[])[]): Usage {
  const counts = runs.map(tally);
  const sum = (of: (count: (typeof counts)[number]) => number) => counts.reduce((total, each) => total + of(each), 0);
  const [events = []] = runs;
  const [first] = counts;
  const [start] = events;
  const prefill = events.find(({ type }) => type === 'prefill');
  const prompt = start?.type === 'start' ? start.promptIds.length : 0;
  const ends = runs.map(endOf);
  // The stop token that ended an answer is no part of it.
  const completion = sum(({ committed: count }) => count) - ends.filter((end) => end.reason === 'stop' && end.stopString === null).length;
  const rounds = runs.flatMap((run) => run.filter((event): event is RoundEvent => event.type === 'round'));
  const accepted = sum((each) => each.accepted);
  const seconds = first?.timeToFirstTokenMs ?? null;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: prefill?.type === 'prefill' ? prefill.reused : 0 },
    completion_tokens_details: { accepted_prediction_tokens: accepted, rejected_prediction_tokens: sum((each) => each.drafted) - accepted },
    extra: {
      num_drafts: rounds.filter(({ source }) => source !== null).length,
      num_draft_tokens: sum((each) => each.drafted),
      num_accepted_tokens: accepted,
      num_accepted_tokens_per_pos: acceptedByPosition(rounds),
      rounds: rounds.length,
      mean_acceptance_length: rounds.length > 0 ? sum((each) => each.committed) / rounds.length : null,
      time_to_first_token_s: seconds === null ? null : seconds / 1000,
      decode_tokens_per_s: first?.tokensPerSecond ?? null,
    },
  };
}

function acceptedByPosition(rounds: readonly RoundEvent[]): number[] {
  const counts: number[] = [];
  for (const { tokens } of rounds) {
    for (const [position, { verdict }] of tokens.entries()) if (verdict === 'accepted') counts[position] = (counts[position] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}
