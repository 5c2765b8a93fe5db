/**
 * The words that every part speaks: tokens and verdicts, the two models as the loop sees them, and the events of a run.
 * Nothing here knows a GPU, a page or a particular pair of models.
 */
import type { Calibration } from './cost/cost';
import type { RunSettings } from './declaredSettings';
import type { Failure, FailureError } from './failure';

export type TokenId = number;

/**
 * What became of a token. `accepted`, `rejected` and `discarded` are the draft's (discarded: drafted after the first
 * rejection or after a stop token, never judged); `corrected`, `bonus` and `plain` are the target's own.
 */
export type Verdict = 'accepted' | 'rejected' | 'discarded' | 'corrected' | 'bonus' | 'plain';

export const COMMITTED_VERDICTS: ReadonlySet<Verdict> = new Set(['accepted', 'corrected', 'bonus', 'plain']);

/** A token with its verdict. Probabilities are in [0, 1]; null means that the quantity does not exist or was not measured. */
export interface JudgedToken {
  readonly id: TokenId;
  readonly verdict: Verdict;
  /** Probability of `id` under the target at this position (softmax of its logits, temperature 1 when decoding greedily). */
  readonly p: number | null;
  /** Probability of `id` under the draft at this position, likewise; null for the target's own tokens. */
  readonly q: number | null;
  /** The uniform draw in [0, 1) that decided; null if none was drawn, as in greedy decoding. */
  readonly u: number | null;
  /** What else might have stood here; null if it was not measured. */
  readonly candidates: Candidates | null;
}

export interface Candidate {
  readonly id: TokenId;
  readonly probability: number;
}

/**
 * The few most likely tokens of one position, most likely first: under the target, under the draft, and in the residual max(0, p - q),
 * normalised. Greedy decoding draws from no residual, so there it is empty; so is `q` where nothing was drafted.
 */
export interface Candidates<Kind extends Candidate = Candidate> {
  readonly p: readonly Kind[];
  readonly q: readonly Kind[];
  readonly residual: readonly Kind[];
}

/** A candidate with its text, by itself: an incomplete character shows as U+FFFD. */
export interface NamedCandidate extends Candidate {
  readonly text: string;
}

/** A judged token with the text that it adds; empty while a character is still incomplete, and for the stop token that ends a run. */
export interface RunToken extends JudgedToken {
  readonly text: string;
  readonly candidates: Candidates<NamedCandidate> | null;
}

/** Anything that says whether to stop; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
}

/**
 * `length` drafted tokens on their way to the target. `device`: the ids stay where the drafter put them and `handle`
 * means something only to a target that shares the drafter's device; `ids`: they are here, each proposed with
 * probability 1, as by a drafter that looks them up. `readbacks` is what drafting itself has cost so far.
 */
export type Proposal =
  | { readonly kind: 'device'; readonly source: DraftSource; readonly length: number; readonly readbacks: number; readonly handle: object }
  | { readonly kind: 'ids'; readonly source: DraftSource; readonly length: number; readonly ids: readonly TokenId[] };

/** The source of drafts: a model, the text before (n-grams), or a person who types them. */
export type DraftSource = 'model' | 'ngram' | 'person';

/**
 * Most tokens that a draft of each source may have; 0: that source may not draft. A person's is set only in runs that a person drafts. `plain`: most
 * tokens of the target's own that a round without a draft reads back together; absent: one.
 */
export type DraftLimits = Readonly<Record<'model' | 'ngram', number>> & { readonly person?: number; readonly plain?: number };

/** How long the device worked on the parts of a round, in milliseconds by its own clock. */
export interface DeviceTimes {
  /** 0 if nothing was drafted on the device. */
  readonly draftMs: number;
  readonly verifyMs: number;
}

/** What one readback decided. `drafts` has the proposal's length and order; `next` is the target's own token. */
export interface RoundOutcome {
  readonly drafts: readonly JudgedToken[];
  readonly next: JudgedToken;
  /** Why no token can come after the accepted drafts: then `next` means nothing, and the run fails, unless one of those ended it. Absent: one can. */
  readonly deadEnd?: FailureError;
  /** The target's own tokens after `next`, a pass each, where it was asked for several; absent where it was asked for one. */
  readonly further?: readonly JudgedToken[];
  /** As the device's clock tells them, below 0 if it stepped back; null if the device has no clock that can be read. */
  readonly device: DeviceTimes | null;
  /** GPU-to-CPU readbacks that the round cost, drafting included. */
  readonly readbacks: number;
  /**
   * The target's last hidden states, a row for each token of the pass, for a drafter that knows their form as it knows its own proposals'
   * handles; absent where the target does not give them.
   */
  readonly hidden?: object;
}

/** A model as the loop keeps it: a cache of the tokens that it has seen, in order from the first. */
export interface CachedModel {
  readonly capabilities: {
    readonly vocabularySize: number;
    readonly contextLength: number;
    /** Most tokens of one forward pass. */
    readonly passLength: number;
    /** Whether tokens can be taken out of its cache again; absent: they can. Otherwise `truncate` drops all of them. */
    readonly rollsBack?: boolean;
    /** Whether a forward of several tokens gives each row the bits that a forward of one gives it; absent: it does. */
    readonly exactRows?: boolean;
    /** Most tokens of one forward that gives the logits of all of them, as verification needs; absent: as many as there are drafts, and one more. */
    readonly rowsAtOnce?: number;
  };
  /** How many tokens the cache holds. */
  readonly cachedLength: number;
  /** Extends the cache from `cachedLength` to the whole of `tokens`. Returns early, cache intact, when `signal` aborts. */
  prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void>;
  /** Prepares for a run: how its tokens are chosen, and where its output begins in the history. Before it, tokens are chosen greedily. */
  begin(settings: RunSettings, promptLength: number): Promise<void>;
  /** Drops every cached token from position `length` on; keeps a shorter cache as it is. */
  truncate(length: number): void;
}

export interface Drafter {
  /** The model that drafts, whose cache the loop keeps true; absent where no model does. */
  readonly model?: CachedModel;
  /** Milliseconds that a person has been waited for so far; absent where none ever is. */
  readonly waitedMs?: number;
  /**
   * Drafts after `history`. Afterwards the cache of its model, if it has one, holds at most `history` and all drafts, and may lack
   * committed tokens, which it sees before it drafts again.
   *
   * @param most drafts allowed, by source; at least one source may draft
   * @returns one draft or more, or null if there is nothing to propose and the round is plain
   */
  propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null>;
  /**
   * Told what became of every round, of those without a draft too, before the caches are truncated.
   *
   * @param history with what the round committed
   */
  observe?(outcome: RoundOutcome, history: readonly TokenId[]): void;
}

/** A drafter that is a model, whatever else may draft in its place. */
export interface DraftModel extends Drafter {
  readonly model: CachedModel;
}

export interface Target extends CachedModel {
  /**
   * Judges `proposal` in one forward pass over the last token of `history`, which is not yet cached, and the drafts.
   * Without one (plain decoding) the pass may be over more of the end of `history`, as after a prefill that left a prompt's
   * last tokens to it. Afterwards the cache begins with `history` and the accepted drafts.
   */
  verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome>;
  /**
   * Plain decoding of `count` tokens after `history`, by as many passes, whose tokens are read back together: each is the one that `verify` without a
   * proposal would choose there. Afterwards the cache holds `history` and all of them but the last. Absent where nothing is read back; not to be asked
   * where a token needs the CPU before the next one, as a response format does.
   */
  decode?(history: readonly TokenId[], count: number): Promise<RoundOutcome>;
}

/** Turns ids into text as a whole. */
export interface Detokenizer {
  decode(ids: readonly TokenId[]): string;
}

/** What an answer must look like: any JSON object, JSON of a schema (as text), or a grammar in xgrammar's EBNF. */
export type ResponseFormat =
  | { readonly type: 'json'; readonly schema: string | null }
  | { readonly type: 'grammar'; readonly grammar: string };

export { LIMITS, type RunSettings, type SamplingSettings } from './declaredSettings';

/** What a run ran on, for display and export. */
export interface RunLabels {
  readonly target: string;
  /** null in plain decoding */
  readonly draft: string | null;
  readonly adapter: string;
}

/** A model by its id in its list, and the revision of its files: equal for equal files. */
export interface RunModel {
  readonly id: string;
  readonly revision: string;
  /** Whether its cache held keys and values in half precision, which gives other numbers, and perhaps another text. Absent: in full precision. */
  readonly halfCache?: true;
}

/** Which models a run ran on. */
export interface RunModels {
  readonly target: RunModel;
  /** `itself`: the target with a second cache; null where no model drafted. */
  readonly draft: RunModel | 'itself' | null;
}

/** Bytes that a model takes on the device, as allocated; weights are 0 where they are another model's. */
export interface ModelMemory {
  readonly weights: number;
  readonly cache: number;
}

/** Bytes that a pair takes on the device, as allocated. */
export interface PairMemory {
  readonly target: ModelMemory;
  readonly draft: ModelMemory;
  /** What both work with: inputs, activations, distributions, readbacks. */
  readonly working: number;
}

export interface StartEvent {
  readonly type: 'start';
  readonly prompt: string;
  /** The conversation's system message; absent where it is the chat template's own. */
  readonly system?: string;
  readonly promptIds: readonly TokenId[];
  readonly settings: RunSettings;
  readonly labels: RunLabels;
  /** Absent in runs that were recorded before runs kept it. */
  readonly models?: RunModels;
  /** What was known of this device's costs when the run began; null where nothing was. */
  readonly calibration: Calibration | null;
  /** The smallest step of the clock that its times are by, in milliseconds; absent where nobody looked. */
  readonly clockStepMs?: number;
  /** Text of the chat template that ends the answer, as a stop string does; absent where none does. */
  readonly templateStops?: readonly string[];
  /** false: the target rounds the forwards of several tokens otherwise than those of one, so the run is lossless up to near-ties; absent: it is lossless. */
  readonly exact?: false;
}

/** The target's cache holds the prompt without the part that the first pass takes, from which the first token comes. Times are milliseconds from the start of the run, without waits for a person. */
export interface PrefillEvent {
  readonly type: 'prefill';
  /** Prompt tokens that went through the target during prefill. */
  readonly tokens: number;
  /** Prompt tokens that its cache held already, as an earlier turn of the conversation. */
  readonly reused: number;
  readonly endMs: number;
}

/**
 * What the target decided between two looks of the CPU: one pass over a draft, or one pass for each of its own tokens where nothing was drafted. The
 * first round sees the end of the prompt and drafts nothing: its end is the time to first token.
 */
export interface RoundEvent {
  readonly type: 'round';
  readonly index: number;
  /** Drafts in their order, then the target's own token, unless an accepted stop token ended the run; without drafts, the target's own tokens. */
  readonly tokens: readonly RunToken[];
  /** Passes of the target; those of plain tokens past the end of the answer, which are dropped, count too. Absent: one. */
  readonly passes?: number;
  readonly readbacks: number;
  /** Most tokens that were allowed, of drafts at most the settings' γ: a list of these repeats the run. */
  readonly limits: DraftLimits;
  /** null: nothing was drafted. */
  readonly source: DraftSource | null;
  readonly device: DeviceTimes | null;
  readonly startMs: number;
  readonly endMs: number;
  /** How long the round waited for a person, in milliseconds, on top of its other times; absent where no person drafts. */
  readonly waitedMs?: number;
}

export type EndEvent = {
  readonly type: 'end';
  readonly endMs: number;
} & (
  | {
      readonly reason: 'stop' /** What completed, where a stop string ended the run and no stop token. */;
      readonly stopString: string | null;
    }
  | { readonly reason: 'length' | 'aborted' }
  | { readonly reason: 'failed'; readonly failure: Failure }
);

/** All that is known of a run. A live run, a recorded trace and a test produce the same events, in this order. */
export type RunEvent = StartEvent | PrefillEvent | RoundEvent | EndEvent;
