/**
 * Every setting of a run, once: its name, its default, what it may be and what it decides. Types, defaults and checks (`settings.ts`), what
 * changed between two runs (`settingsChange.ts`), whether two runs can be compared (`run/comparison.ts`), the schema of traces and the page's
 * own settings (`formats/settings.ts`) and the names on the page are derived from it.
 */
import type { DraftLimits, ResponseFormat, TokenId } from './types';

interface Declared<Value> {
  /** As a person reads it, at the beginning of a sentence. */
  readonly name: string;
  /** What a run has that was asked nothing else. */
  readonly default: Value;
  /**
   * `text`: what is written, so that runs which differ in it cannot be compared; `drafts`: where drafts come from and how many, which leaves
   * the text to the target; `report`: only what is told of the run.
   */
  readonly decides: 'text' | 'drafts' | 'report';
  /** Without these it means nothing: plain decoding drafts nothing, and at temperature 0 nothing is drawn. */
  readonly needs?: readonly ('drafting' | 'drawing')[];
  /** Younger than traces are: one without it was asked nothing, and has the default. */
  readonly younger?: boolean;
}

/** One of a few words. */
export interface ChoiceSetting<Value extends string> extends Declared<Value> {
  readonly kind: 'choice';
  readonly values: readonly Value[];
}

/** A number from `min`, or above `above`, to `max`, or below `below`; whole where that is said. A missing end is open. */
export interface NumberRange {
  readonly whole?: boolean;
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
  /** The value that turns it off, where there is one. */
  readonly off?: number;
}

export interface NumberSetting extends Declared<number>, NumberRange {
  readonly kind: 'number';
}

export interface SwitchSetting extends Declared<boolean> {
  readonly kind: 'switch';
}

/** Anything else. It is checked (`settings.ts`) and read from a file (`formats/settings.ts`) by a function of its own. */
export interface OtherSetting<Value> extends Declared<Value> {
  readonly kind: 'other';
}

/** What is checked, and read from a file, by its declaration alone. */
export type PlainSetting = ChoiceSetting<string> | NumberSetting | SwitchSetting;

export type Setting = PlainSetting | OtherSetting<unknown>;

/** The names of those settings that are plain. */
export type PlainNames<Settings> = { [Name in keyof Settings]: Settings[Name] extends PlainSetting ? Name : never }[keyof Settings];

/** The values that settings may have, by name. */
export type ValuesOf<Settings extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Settings]: ValueOf<Settings[Name]>;
};

type ValueOf<S extends Setting> =
  S extends ChoiceSetting<infer Value>
    ? Value
    : S extends NumberSetting
      ? number
      : S extends SwitchSetting
        ? boolean
        : S extends OtherSetting<infer Value>
          ? Value
          : never;

export const choice = <Value extends string>(setting: Omit<ChoiceSetting<Value>, 'kind'>): ChoiceSetting<Value> => ({
  kind: 'choice',
  ...setting,
});
export const number = (setting: Omit<NumberSetting, 'kind'>): NumberSetting => ({ kind: 'number', ...setting });
export const onOff = (setting: Omit<SwitchSetting, 'kind'>): SwitchSetting => ({ kind: 'switch', ...setting });
const other = <Value>(setting: Omit<OtherSetting<Value>, 'kind'>): OtherSetting<Value> => ({ kind: 'other', ...setting });

/** Least and most of numbers that are asked for elsewhere too. `temperature`: in requests and commands, as OpenAI's API has it. */
export const LIMITS = { gamma: { min: 1, max: 16 }, maxTokens: { min: 1 }, temperature: { min: 0, max: 2 } } as const;

/** What a run is asked besides its sampling. */
export const RUN = {
  mode: choice<'speculative' | 'plain'>({ name: 'Decoding', default: 'speculative', decides: 'drafts', values: ['speculative', 'plain'] }),
  /** Where drafts come from: the draft model; what followed before where the text repeats itself; the model where it does not; or a person. */
  drafting: choice<'model' | 'ngram' | 'mixed' | 'person'>({
    ...{ name: 'Drafting by', default: 'model', decides: 'drafts', needs: ['drafting'] },
    values: ['model', 'ngram', 'mixed', 'person'],
  }),
  /**
   * Most tokens in a draft, 1 to 16; `auto`: in every round as many as are expected to be fastest, which may be none, and as many as
   * there may be where a person drafts; a list: as an earlier run recorded them, round by round, and its last from then on. Plain
   * decoding takes of a list how many tokens to read back together, and ignores the rest.
   */
  gamma: other<number | 'auto' | readonly DraftLimits[]>({
    name: 'Draft length γ',
    default: 'auto',
    decides: 'drafts',
    needs: ['drafting'],
  }),
  /**
   * Whether tokens bring what else might have stood there. Greedy rounds leave it out without this, to be faster; sampled ones have it in any
   * case. It changes no token.
   */
  candidates: onOff({ name: 'Candidates', default: false, decides: 'report', younger: true }),
  /** A draft ends before a token of which the draft model's most likely one has less than this probability. Costs a readback for every drafted token. */
  confidence: number({ name: 'Least confidence', default: 0, decides: 'drafts', needs: ['drafting'], min: 0, below: 1, off: 0 }),
  /** Most committed tokens, the stop token included. */
  maxTokens: number({ name: 'Most tokens', default: 256, decides: 'text', whole: true, ...LIMITS.maxTokens }),
  /** Go on past stop tokens, so that runs of one length can be compared. */
  ignoreStopTokens: onOff({ name: 'Past stop tokens', default: false, decides: 'text' }),
  /** The run ends with the token that completes one of them. */
  stopStrings: other<readonly string[]>({ name: 'Stop strings', default: [], decides: 'text' }),
  /** Costs a second readback in rounds whose drafts stay on the device: the mask of each position depends on the drafts before it. null: any text. */
  format: other<ResponseFormat | null>({ name: 'Format', default: null, decides: 'text' }),
};

/** How logits become the distribution that is sampled from, and how drafts are judged by it; draft and target alike. The ranges are web-llm 0.2.86's. */
export const SAMPLING = {
  /** 0: the largest logit is certain; otherwise logits are divided by it. */
  temperature: number({ name: 'Temperature', default: 0, decides: 'text', min: 0 }),
  /** A whole number from 0 to 2^64 - 1. */
  seed: other<number | bigint>({ name: 'Seed', default: 0, decides: 'text', needs: ['drawing'] }),
  /**
   * `rejection`: accept with probability min(1, p / q), otherwise draw from the residual (Leviathan et al. 2023,
   * arXiv 2211.17192). `coupled`: draft and target race under the same noise, and a draft is accepted while it is the
   * target's own token (Gumbel coupling, arXiv 2408.07978); the text depends on the seed alone, not on the draft.
   */
  rule: choice<'rejection' | 'coupled'>({
    ...{ name: 'Verify rule', default: 'rejection', decides: 'text', needs: ['drafting', 'drawing'] },
    values: ['rejection', 'coupled'],
  }),
  /** The most likely tokens whose probabilities reach it stay, and all that are as likely as the last of them. */
  topP: number({ name: 'Top-p', default: 1, decides: 'text', above: 0, max: 1, off: 1 }),
  /** The `topK` most likely tokens stay, before `topP`, and all that are as likely as the last of them. */
  topK: number({ name: 'Top-k', default: 0, decides: 'text', whole: true, min: 0, below: 2 ** 32, off: 0 }),
  /** Divides positive logits of tokens that have been generated, and multiplies negative ones. */
  repetitionPenalty: number({ name: 'Repetition penalty', default: 1, decides: 'text', above: 0, off: 1 }),
  /** Taken off a logit for every time that its token has been generated. */
  frequencyPenalty: number({ name: 'Frequency penalty', default: 0, decides: 'text', min: -2, max: 2, off: 0 }),
  /** Taken off a logit once its token has been generated. */
  presencePenalty: number({ name: 'Presence penalty', default: 0, decides: 'text', min: -2, max: 2, off: 0 }),
  /** Added to the logits of single tokens, -100 to 100. */
  logitBias: other<Readonly<Record<TokenId, number>>>({ name: 'Logit bias', default: {}, decides: 'text' }),
};

/** How a run is sampled; `SAMPLING` says what each setting does. */
export type SamplingSettings = ValuesOf<typeof SAMPLING>;

/** All that a run is asked; `RUN` says what each setting does. */
export type RunSettings = ValuesOf<typeof RUN> & { readonly sampling: SamplingSettings };

/** The defaults of `settings`, by name. */
export function defaultsOf<Settings extends Readonly<Record<string, Setting>>>(settings: Settings): ValuesOf<Settings> {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default])) as ValuesOf<Settings>;
}

/** Whether `value` is one of `setting`'s, whose kind needs no function of its own. */
export function fits(setting: PlainSetting, value: unknown): boolean {
  if (setting.kind === 'switch') return typeof value === 'boolean';
  if (setting.kind === 'choice') return setting.values.some((each) => each === value);
  return isIn(setting, value);
}

/** Whether `value` is a number of `range`. */
export function isIn(
  { whole, min = -Infinity, above = -Infinity, max = Infinity, below = Infinity }: NumberRange,
  value: unknown,
): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) return false;
  return value >= min && value > above && value <= max && value < below;
}

/** What may be chosen for `setting`, to go on after "Choose ". */
export function rangeOf(setting: PlainSetting): string {
  if (setting.kind === 'switch') return 'on or off';
  if (setting.kind === 'choice') return setting.values.map((value) => `"${value}"`).join(' or ');
  return rangeInWords(setting);
}

/** "a whole number, 1 to 16". */
export function rangeInWords({ whole, min, above, max, below, off }: NumberRange): string {
  const noun = whole ? 'a whole number' : 'a number';
  const note = off === undefined || off !== min ? '' : ' (off)';
  if (above !== undefined) return `${noun} above ${above}${max === undefined ? '' : `, at most ${max}`}`;
  if (max !== undefined) return `${noun}, ${min} to ${max}`;
  if (min === undefined) return noun;
  // Far ends that a person does not reach stay unsaid.
  return `${noun}, ${min}${note} or more${below === undefined || whole ? '' : ` and below ${below}`}`;
}
