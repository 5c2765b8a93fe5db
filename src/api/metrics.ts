/** What an engine has answered, as Prometheus reads it, under the names of vLLM's metrics. */
import type { RunEvent } from '../core/types';
import type { ApiEngine, PlainNotice } from './apiEngine';
import type { FinishReason } from './shapes';
import { endOf, usageOf } from './usage';

/** The content type of `ApiMetrics.text`. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Upper ends in seconds, as vLLM has them. */
const BUCKETS = [
  0.001,
  0.005,
  0.01,
  0.02,
  0.04,
  0.06,
  0.08,
  0.1,
  0.25,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
  20,
  40,
  80,
  160,
  640,
  2560,
  Infinity,
];

type Updates = AsyncIterable<RunEvent | PlainNotice>;
type Finished = FinishReason | 'error';

/** Counts the runs of engines that it watches: each answer of a request is one. */
export class ApiMetrics {
  readonly #model: string;
  #waiting = 0;
  #running = 0;
  #promptTokens = 0;
  #generationTokens = 0;
  #drafts = 0;
  #draftTokens = 0;
  #acceptedTokens = 0;
  readonly #acceptedPerPosition: number[] = [];
  readonly #finished: Record<Finished, number> = { stop: 0, length: 0, abort: 0, error: 0 };
  /** Of times to the first token: how many are at most the bucket's, and their sum. */
  readonly #firstToken = { counts: BUCKETS.map(() => 0), sumSeconds: 0 };

  /** @param model what the metrics say is theirs */
  constructor(model: string) {
    this.#model = model;
  }

  /** `engine`, with its runs counted. */
  watch(engine: ApiEngine): ApiEngine {
    return {
      models: () => engine.models(),
      defaults: () => engine.defaults(),
      run: (input, settings, signal, further) => this.#counted(engine.run(input, settings, signal, further), () => engine.now(), signal),
      now: () => engine.now(),
      randomId: () => engine.randomId(),
    };
  }

  /** In Prometheus' text format, version 0.0.4. */
  text(): string {
    const { counts, sumSeconds } = this.#firstToken;
    const seconds = counts.map((count, i): Sample => [count, { le: BUCKETS[i] === Infinity ? '+Inf' : String(BUCKETS[i]) }, '_bucket']);
    return [
      this.#metric('vllm:num_requests_running', 'gauge', 'Answers that are being written.', [[this.#running]]),
      this.#metric('vllm:num_requests_waiting', 'gauge', 'Answers that wait for their turn.', [[this.#waiting]]),
      this.#metric(
        ...(['vllm:request_success_total', 'counter', 'Finished answers.'] as const),
        Object.entries(this.#finished).map(([reason, count]): Sample => [count, { finished_reason: reason }]),
      ),
      this.#metric('vllm:prompt_tokens_total', 'counter', 'Tokens of prompts.', [[this.#promptTokens]]),
      this.#metric('vllm:generation_tokens_total', 'counter', 'Tokens of answers.', [[this.#generationTokens]]),
      this.#metric('vllm:spec_decode_num_drafts_total', 'counter', 'Rounds with a draft.', [[this.#drafts]]),
      this.#metric('vllm:spec_decode_num_draft_tokens_total', 'counter', 'Drafted tokens.', [[this.#draftTokens]]),
      this.#metric('vllm:spec_decode_num_accepted_tokens_total', 'counter', 'Accepted drafted tokens.', [[this.#acceptedTokens]]),
      this.#metric(
        ...([
          'vllm:spec_decode_num_accepted_tokens_per_pos_total',
          'counter',
          'Accepted drafted tokens by their position in a draft.',
        ] as const),
        this.#acceptedPerPosition.map((count, position): Sample => [count, { position: String(position) }]),
      ),
      this.#metric('vllm:time_to_first_token_seconds', 'histogram', 'From the request to its first token, waiting included.', [
        ...seconds,
        [sumSeconds, {}, '_sum'],
        [counts.at(-1) ?? 0, {}, '_count'],
      ]),
    ].join('');
  }

  async *#counted(updates: Updates, now: () => number, signal: AbortSignal): AsyncGenerator<RunEvent | PlainNotice, void> {
    const events: RunEvent[] = [];
    const askedMs = now();
    let [running, failed] = [false, false];
    this.#waiting++;
    try {
      for await (const update of updates) {
        if (update.type !== 'plain') events.push(update);
        if (update.type === 'start') {
          running = true;
          this.#waiting--;
          this.#running++;
        }
        if (update.type === 'round' && update.index === 0) this.#observeFirstToken((now() - askedMs) / 1000);
        yield update;
      }
    } catch (thrown) {
      failed = !signal.aborted;
      throw thrown;
    } finally {
      if (running) this.#running--;
      else this.#waiting--;
      this.#finish(events, failed);
    }
  }

  #observeFirstToken(seconds: number): void {
    this.#firstToken.sumSeconds += Math.max(0, seconds);
    for (const [i, upTo] of BUCKETS.entries()) if (seconds <= upTo) this.#firstToken.counts[i] = (this.#firstToken.counts[i] ?? 0) + 1;
  }

  #finish(events: readonly RunEvent[], failed: boolean): void {
    const { reason } = endOf(events);
    this.#finished[failed || reason === 'failed' ? 'error' : reason === 'aborted' ? 'abort' : reason]++;
    const { prompt_tokens: prompt, completion_tokens: completion, extra } = usageOf([{ prompt: 0, events, plainBecause: null }], 0);
    this.#promptTokens += prompt;
    this.#generationTokens += completion;
    this.#drafts += extra.num_drafts;
    this.#draftTokens += extra.num_draft_tokens;
    this.#acceptedTokens += extra.num_accepted_tokens;
    for (const [position, count] of extra.num_accepted_tokens_per_pos.entries()) {
      this.#acceptedPerPosition[position] = (this.#acceptedPerPosition[position] ?? 0) + count;
    }
  }

  #metric(name: string, type: 'gauge' | 'counter' | 'histogram', help: string, samples: readonly Sample[]): string {
    const lines = samples.map(([value, labels = {}, suffix = '']) => {
      const named = Object.entries({ model_name: this.#model, ...labels }).map(([label, text]) => `${label}="${escaped(text)}"`);
      return `${name}${suffix}{${named.join(',')}} ${value}\n`;
    });
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }
}

/** A value, the labels beside the model's, and what is put behind the metric's name. */
type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>, suffix?: string];

function escaped(label: string): string {
  return label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
