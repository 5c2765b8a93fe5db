import { bounded, possibleTimes, steadyClock } from '../clock';
import { draftLength, type KnownCosts } from '../cost/draftLength';
import { FailureError } from '../failure';
import { checkLogitBias } from '../settings';
import {
  type Detokenizer,
  type Drafter,
  type DraftLimits,
  type JudgedToken,
  LIMITS,
  type RoundOutcome,
  type RunEvent,
  type RunLabels,
  type RunModels,
  type RunSettings,
  type RunToken,
  type StopSignal,
  type Target,
  type TokenId,
} from '../types';
import { cachedHistory, noteCached } from './cached';
import { CandidateNames, StopStrings, TextStream } from './text';

export interface Run extends KnownCosts {
  readonly prompt: string;
  /** Absent where it is the chat template's own. */
  readonly system?: string;
  /** The prompt as the target sees it, chat template included; at least one token. */
  readonly promptIds: readonly TokenId[];
  readonly settings: RunSettings;
  readonly labels: RunLabels;
  /** Absent where nobody says. */
  readonly models?: RunModels;
  readonly stopTokens: ReadonlySet<TokenId>;
  /** Text that ends an answer as stop tokens do, none by default. */
  readonly templateStops?: readonly string[];
  readonly detokenizer: Detokenizer;
  /** Milliseconds from any fixed moment; it may stand still or step back, which no event's times do. */
  readonly clock: () => number;
  readonly signal: StopSignal;
}

/**
 * Speculative decoding (Leviathan, Kalman, Matias 2023, arXiv 2211.17192; Chen et al. 2023, arXiv 2302.01318), or plain
 * decoding when `drafter` is null. The invariant of the loop: the last token of the history is in neither cache.
 *
 * @returns one start, at most one prefill, a round for every target pass or every few plain ones, one end; failures of the models are thrown
 */
export async function* speculate(drafter: Drafter | null, target: Target, run: Run): AsyncGenerator<RunEvent, void> {
  const { settings, signal } = run;
  const now = steadyClock(() => run.clock() - (drafter?.waitedMs ?? 0));
  const history = [...run.promptIds];
  const draft = drafter?.model ?? null;
  const models = draft ? [target, draft] : [target];
  const context = Math.min(...models.map(({ capabilities }) => capabilities.contextLength));
  checkPrompt(history, Math.min(...models.map(({ capabilities }) => capabilities.vocabularySize)), context);
  checkLogitBias(settings.sampling.logitBias, target.capabilities.vocabularySize);
  const text = new TextStream(run.detokenizer);
  const names = new CandidateNames(run.detokenizer);
  const { prompt, promptIds, labels, calibration, clockStepMs } = run;
  const named = { ...(run.models && { models: run.models }), ...(run.system !== undefined && { system: run.system }) };
  const step = clockStepMs === undefined ? {} : { clockStepMs: bounded(clockStepMs) };
  const own = settings.ignoreStopTokens ? { tokens: NONE, strings: [] } : { tokens: run.stopTokens, strings: run.templateStops ?? [] };
  const stops = own.strings.length > 0 ? { templateStops: own.strings } : {};
  const exact = target.capabilities.exactRows === false ? ({ exact: false } as const) : {};
  yield { type: 'start', prompt, promptIds, settings, labels, ...named, calibration, ...step, ...stops, ...exact };

  for (const model of models) {
    model.truncate(continued(cachedHistory(model), history));
    await model.begin(settings, history.length);
    // Until the run ends well: a forward that fails leaves who knows what.
    noteCached(model, null);
  }
  // A later run may continue a stopped one, as well as a finished one: wherever the stop happens, the cached tokens are the beginning of the history.
  const aborted = (): RunEvent => {
    for (const model of models) noteCached(model, history);
    return { type: 'end', reason: 'aborted', endMs: now() };
  };
  // As many passes as the prompt needs before the one that the first token comes from.
  const { passLength } = target.capabilities;
  const reused = target.cachedLength;
  const ahead = reused + Math.floor((history.length - 1 - reused) / passLength) * passLength;
  await target.prefill(history.slice(0, ahead), signal);
  if (signal.aborted) return yield aborted();
  yield { type: 'prefill', tokens: ahead - reused, reused, endMs: now() };

  const length = draftLength(settings, {
    ...run,
    chains: target.decode !== undefined && settings.format === null,
    stops: own.tokens.size > 0 || own.strings.length > 0 || settings.stopStrings.length > 0,
  });
  const ending = { stopTokens: own.tokens, stopStrings: new StopStrings([...settings.stopStrings, ...own.strings]) };
  for (let index = 0, left = settings.maxTokens; ; index++) {
    if (signal.aborted) return yield aborted();
    const startMs = now();
    const waited = drafter?.waitedMs;
    // The round commits at most one token more than it drafts, and the target caches the last known token and every draft.
    const cached = history.length - 1;
    const most = Math.min(LIMITS.gamma.max, left - 1, context - history.length);
    const limits = index > 0 && most > 0 ? length.choose(index, cached, most) : PLAIN;
    if (draft && index === 1) {
      await draft.prefill(history.slice(0, -1), signal);
      if (signal.aborted) return yield aborted();
    }
    const mayDraft = Math.max(limits.model, limits.ngram, limits.person ?? 0) > 0;
    const proposal = drafter && mayDraft ? await drafter.propose(history, limits) : null;
    // If stopped while waiting for input, commit nothing.
    if (waited !== undefined && signal.aborted) return yield aborted();
    const plain = proposal ? 1 : (limits.plain ?? 1);
    const outcome = plain > 1 && target.decode ? await target.decode(history, plain) : await target.verify(history, proposal);
    const { tokens, stopped, stopString } = commit(outcome, history, { text, names }, ending);
    drafter?.observe?.(outcome, history);
    for (const model of models) model.truncate(history.length - 1);
    const endMs = now();
    const source = proposal?.source ?? null;
    // The first two rounds see the prompt, one with each model, so their time is not a round's.
    const passes = 1 + (outcome.further?.length ?? 0);
    length.observe({ ...countVerdicts(outcome), source, passes, context: cached, ms: index > 1 ? endMs - startMs : null });
    const { readbacks } = outcome;
    const device = possibleTimes(outcome.device);
    const waiting = waited === undefined ? {} : { waitedMs: bounded((drafter?.waitedMs ?? 0) - waited) };
    const several = passes > 1 ? { passes } : {};
    yield { type: 'round', index, tokens, ...several, readbacks, limits, source, device, startMs, endMs, ...waiting };

    left = settings.maxTokens - (history.length - run.promptIds.length);
    if (!stopped && left > 0 && history.length <= context) continue;
    for (const model of models) noteCached(model, history);
    if (stopped) yield { type: 'end', reason: 'stop', stopString, endMs: now() };
    else yield { type: 'end', reason: 'length', endMs: now() };
    return;
  }
}

/**
 * How many tokens of `history` are in a cache already, where it goes on a conversation: where it has in common with what the cache holds more
 * than half of that. Another prompt, or the same once more, starts from nothing, as it would alone.
 */
function continued(cached: readonly TokenId[], history: readonly TokenId[]): number {
  if (cached.length >= history.length) return 0;
  const differs = cached.findIndex((id, i) => id !== history[i]);
  const common = differs === -1 ? cached.length : differs;
  return 2 * common > cached.length ? common : 0;
}

const NONE: ReadonlySet<TokenId> = new Set();

const PLAIN: DraftLimits = { model: 0, ngram: 0 };

/** What ends a run besides its length. */
interface Ending {
  readonly stopTokens: ReadonlySet<TokenId>;
  readonly stopStrings: StopStrings;
}

/** How ids become text. */
interface Writing {
  readonly text: TextStream;
  readonly names: CandidateNames;
}

/**
 * Appends what the round decided to `history`, up to and including the first token that ends the run; drafts after it are discarded, and the target's
 * own tokens after it dropped.
 */
function commit(outcome: RoundOutcome, history: TokenId[], { text, names }: Writing, { stopTokens, stopStrings }: Ending) {
  const tokens: RunToken[] = [];
  const ahead: TokenId[] = [];
  let stopped = false;
  let stopString: string | null = null;
  const commitToken = (token: JudgedToken) => {
    history.push(token.id);
    stopped = stopTokens.has(token.id);
    const added = stopped ? '' : text.push(token.id);
    stopString = stopStrings.push(added);
    stopped ||= stopString !== null;
    tokens.push({ ...token, text: added, candidates: names.of(token.candidates) });
  };
  for (const draft of outcome.drafts) {
    if (draft.verdict === 'accepted' && !stopped) commitToken(draft);
    else {
      const verdict = stopped ? 'discarded' : draft.verdict;
      tokens.push({ ...draft, verdict, text: text.peek(draft.id, ahead), candidates: names.of(draft.candidates) });
      ahead.push(draft.id);
    }
  }
  if (!stopped && outcome.deadEnd) throw outcome.deadEnd;
  for (const token of [outcome.next, ...(outcome.further ?? [])]) if (!stopped) commitToken(token);
  return { tokens, stopped, stopString };
}

function countVerdicts({ drafts }: RoundOutcome) {
  const accepted = drafts.filter(({ verdict }) => verdict === 'accepted').length;
  return { drafted: drafts.length, accepted, judged: Math.min(accepted + 1, drafts.length) };
}

function checkPrompt(prompt: readonly TokenId[], vocabulary: number, context: number) {
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
