import { FailureError } from './failure';
import { checkLogitBias } from './settings';
import { TextStream } from './text';
import type { Detokenizer, Drafter, RoundOutcome, RunEvent, RunLabels, RunSettings, RunToken, StopSignal, Target, TokenId } from './types';

export interface Run {
  readonly prompt: string;
  /** The prompt as the target sees it, chat template included; at least one token. */
  readonly promptIds: readonly TokenId[];
  readonly settings: RunSettings;
  readonly labels: RunLabels;
  readonly stopTokens: ReadonlySet<TokenId>;
  readonly detokenizer: Detokenizer;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
  readonly signal: StopSignal;
}

/**
 * Speculative decoding (Leviathan, Kalman, Matias 2023, arXiv 2211.17192; Chen et al. 2023, arXiv 2302.01318), or plain
 * decoding when `drafter` is null. The invariant of the loop: the last token of the history is in neither cache.
 *
 * @returns one start, at most one prefill, a round for every target pass, one end; failures of the models are thrown
 */
export async function* speculate(drafter: Drafter | null, target: Target, run: Run): AsyncGenerator<RunEvent, void> {
  const { settings, signal } = run;
  const origin = run.clock();
  const now = () => run.clock() - origin;
  const history = [...run.promptIds];
  checkPrompt(history, target.capabilities, drafter?.capabilities ?? target.capabilities);
  const context = Math.min(target.capabilities.contextLength, drafter?.capabilities.contextLength ?? Infinity);
  checkLogitBias(settings.sampling.logitBias, target.capabilities.vocabularySize);
  const text = new TextStream(run.detokenizer);
  yield { type: 'start', prompt: run.prompt, promptIds: run.promptIds, settings, labels: run.labels };

  const cacheable = history.slice(0, -1);
  for (const model of drafter ? [target, drafter] : [target]) {
    model.truncate(0);
    await model.begin(settings.sampling, history.length);
    await model.prefill(cacheable, signal);
  }
  if (signal.aborted) return yield { type: 'end', reason: 'aborted', endMs: now() };
  yield { type: 'prefill', tokens: cacheable.length, endMs: now() };

  for (let index = 0, left = settings.maxTokens; ; index++) {
    if (signal.aborted) return yield { type: 'end', reason: 'aborted', endMs: now() };
    const startMs = now();
    // The round commits at most gamma + 1 tokens, and the target caches the last known token and every draft.
    const gamma = drafter ? Math.min(settings.gamma, left - 1, context - history.length) : 0;
    const proposal = drafter && gamma > 0 ? await drafter.propose(history, gamma) : null;
    const outcome = await target.verify(history, proposal);
    const { tokens, stopped } = commit(outcome, history, text, settings.ignoreStopTokens ? NONE : run.stopTokens);
    target.truncate(history.length - 1);
    drafter?.truncate(history.length - 1);
    yield { type: 'round', index, tokens, readbacks: outcome.readbacks, startMs, endMs: now() };

    left = settings.maxTokens - (history.length - run.promptIds.length);
    if (stopped) return yield { type: 'end', reason: 'stop', endMs: now() };
    if (left <= 0 || history.length > context) return yield { type: 'end', reason: 'length', endMs: now() };
  }
}

const NONE: ReadonlySet<TokenId> = new Set();

/** Appends what the round decided to `history`, up to and with the first stop token; what was drafted beyond it is discarded. */
function commit(outcome: RoundOutcome, history: TokenId[], text: TextStream, stopTokens: ReadonlySet<TokenId>) {
  const tokens: RunToken[] = [];
  const ahead: TokenId[] = [];
  let stopped = false;
  for (const draft of outcome.drafts) {
    if (draft.verdict === 'accepted' && !stopped) {
      history.push(draft.id);
      stopped = stopTokens.has(draft.id);
      tokens.push({ ...draft, text: stopped ? '' : text.push(draft.id) });
    } else {
      const verdict = stopped ? 'discarded' : draft.verdict;
      tokens.push({ ...draft, verdict, text: text.peek(draft.id, ahead) });
      ahead.push(draft.id);
    }
  }
  if (!stopped) {
    history.push(outcome.next.id);
    stopped = stopTokens.has(outcome.next.id);
    tokens.push({ ...outcome.next, text: stopped ? '' : text.push(outcome.next.id) });
  }
  return { tokens, stopped };
}

type Capabilities = Target['capabilities'];

function checkPrompt(prompt: readonly TokenId[], target: Capabilities, draft: Capabilities) {
  const vocabulary = Math.min(target.vocabularySize, draft.vocabularySize);
  const context = Math.min(target.contextLength, draft.contextLength);
  if (prompt.length === 0) {
    throw new FailureError('prompt-empty', 'The prompt is empty.', 'Type something for the models to answer.');
  }
  if (prompt.length > context) {
    throw new FailureError(
      'prompt-too-long',
      `The prompt has ${prompt.length} tokens; these models hold ${context}.`,
      'Shorten the prompt and run again.',
    );
  }
  const outside = prompt.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (outside !== undefined) {
    throw new FailureError(
      'token-outside-vocabulary',
      `The prompt holds token ${outside}, outside the vocabulary of ${vocabulary}.`,
      'The tokenizer does not belong to this pair of models; choose another pair.',
    );
  }
}
