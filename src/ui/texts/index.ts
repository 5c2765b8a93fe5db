/**
 * The words of the page. Labels of actions, and what they tell when they are done, stand with the actions, and a failure brings its own message and hint;
 * everything else that a person reads is here.
 */

import type { DraftChoice } from '../../catalog/pairing';
import type { CostFigures } from '../../core/cost/figures';
import type { Tally } from '../../core/run/tally';
import type { EndEvent, RunSettings, StartEvent, Verdict } from '../../core/types';
import { BACKEND, namesOf, PAGE_SETTINGS } from '../../formats/settings';
import { formatCount, formatRatio, formatSeconds, formatShare, plural } from '../format';
import { computedBy } from './computedBy';
import { drafterWords } from './decoding';

type EndReason = EndEvent['reason'];

export const page = {
  name: 'Foretoken',
  tagline: 'Speculative decoding that you can see',
  lead: 'Watch two language models write one text: a small one guesses ahead, a large one checks the guesses in one pass.',
  ask: 'What to ask, and how',
};

export const views = {
  label: 'Views',
  waiting: 'One moment …',
  watch: 'Watch',
  race: 'Race',
  step: 'Step',
  conversation: 'Conversation',
  beTheDraft: 'Be the draft',
  proof: 'Proof',
  measure: 'Measure',
  experiment: 'Experiment',
  claims: 'Claims',
  history: 'History',
  learn: 'Learn',
  present: 'Present',
  models: 'Models',
};

export const prompt = {
  label: 'Prompt',
  placeholder: 'Write something for the models to answer, or choose an example below.',
  range:
    'This pair writes short stories, JSON records, small functions, counts and sums, copies with a change, and answers about speculative decoding. It cannot answer other questions.',
  anyPrompt: (name: string) => `${name} understands any prompt. It is a small model: check what it says.`,
  coming: (name: string, phase: string, bytes: string) => `${name}: ${phase}, ${bytes}`,
  comingLabel: (name: string) => `How far ${name} has come`,
  strange: {
    kind: 'These small models were not trained on such prompts, so their answer will hardly make sense. Drafts and verdicts are still real; the examples show what the models are good at.',
    sum: 'These small models learnt sums of two numbers as “What is 15 + 23?” asks for them: of numbers from 1 to 10, or of two that both have two digits and no zero, with a sum below 100. Of differences they learnt those of a larger first number that borrow nothing, as 58 - 23, and of products those of numbers from 1 to 10. Others, and sums in other words, will hardly come out right. Drafts and verdicts are still real.',
  },
  other: 'Another model can answer this:',
  presets: 'Examples',
  hard: 'hard for a weak draft',
  hardTitle: (prompt: string, temperature: string) => `${prompt} Also sets the weak draft and temperature ${temperature}.`,
  shortcuts: (run: string, stop: string) => `${run} runs, ${stop} stops. Outside of text fields, ? shows all keys.`,
  long: (characters: string, tokens: string) =>
    `${characters} characters. These models hold ${tokens} tokens, prompt and answer together. The page refuses a longer prompt, and keeps it here.`,
  hidden: (signs: readonly string[]) => `Invisible characters: ${signs.join(', ')}. They are sent unchanged.`,
  sign: (sign: string, count: number) => (count === 1 ? sign : `${sign} (${formatCount(count)} times)`),
  halves: 'U+D800 to U+DFFF are halves of characters. The models read each half as “\ufffd”.',
  newerSettings:
    'A newer version of this page has stored its settings in this browser. They stay unchanged, so what you choose here lasts until you close the page.',
};

export const targets = {
  embedded: (name: string) => `${name}: knows a few kinds of text`,
  /** @param size of what would be downloaded */
  anything: (name: string, size: string | null) => `${name}: understands any prompt${size === null ? '' : `; ${size} to download`}`,
  own: (name: string) => `${name}: your own file`,
  ofHub: (name: string) => `${name}: published, stored here`,
  unasked: (name: string) => `${name} is chosen, and not stored in this browser. The page downloads it when you ask for it.`,
  fetch: (name: string, size: string) => `Load ${name} (${size})`,
};

export const settings = {
  names: { target: 'Target', draft: 'Draft model', backend: BACKEND.name, ...namesOf(PAGE_SETTINGS) },
  backends: { auto: 'Automatic', webgpu: 'WebGPU, where there is one', cpu: 'CPU' },
  modes: { speculative: 'Speculative', plain: 'Plain decoding' },
  draftLabel: ({ name, itself, head }: DraftChoice) => (itself ? 'The target itself' : head ? `${name} on the target’s states` : name),
  draftsUnread: 'The list of drafts is not loaded yet.',
  draftings: { model: 'Model', ngram: 'N-gram', mixed: 'N-gram, then model' },
  lengths: { adaptive: 'Adaptive', fixed: 'Fixed' },
  rules: { rejection: 'Rejection', coupled: 'Coupled' },
  more: 'More settings',
  draftedBy: (drafting: RunSettings['drafting']) => `drafts by ${drafterWords(drafting, 'the model')}`,
  upTo: (tokens: string) => `at most ${tokens} tokens`,
  greedy: 'temperature 0',
  sampled: (temperature: string, seed: string, rule: string) => `temperature ${temperature}, seed ${seed}, ${rule} rule`,
  between: ' · ',
  /** @param kept the last value that is one */
  outside: (whole: boolean, min: number, max: number | null, kept: string) =>
    `Choose a ${whole ? 'whole ' : ''}number, ${max === null ? `${min} or more` : `${min} to ${max}`}. Until then it stays ${kept}.`,
  /** Why a setting has no effect, or cannot be changed, now. */
  unused: {
    busy: 'It stays while the models work.',
    plain: 'No effect: plain decoding drafts nothing.',
    ngram: 'No effect: n-grams draft, not a model.',
    adaptive: 'No effect: each round chooses its own.',
    greedy: 'No effect at temperature 0: nothing is drawn.',
  },
};

export const loading = {
  heading: 'Models',
  unread: 'Reading the list of models …',
  unknown: 'The list of models is not loaded yet.',
  target: 'Target',
  draft: (name: string) => `Draft: ${name}`,
  parameters: (count: string) => `${count} parameters`,
  /** Of a model that is not on its way yet. */
  waiting: {
    other: (name: string) => `waits for ${name}`,
    engine: 'starting the engine',
    unasked: 'not loaded',
  },
  allReady: (models: number) => (models === 1 ? 'The model is ready.' : 'Both models are ready.'),
  computedBy,
  progressOf: (name: string) => `Loading of ${name}`,
};

export const output = {
  heading: 'Output',
  toPrompt: 'Ask the models yourself',
  log: 'Output',
  copied: 'Copied.',
  notCopied: 'The clipboard is not available; select the text and copy it.',
  inspect: 'Point at a token, or go to the output and press the arrow keys, to see its probabilities.',
  serving: 'Another page of this site is asking the models. Stop ends its answer.',
  stopping: 'Stopping …',
  stoppedEarly: 'Stopped before the run began.',
  soFar: 'A replay: text and figures are those of the moment shown.',
};

const ends: Record<EndReason, string> = {
  stop: 'Finished',
  length: 'Finished at the limit',
  aborted: 'Stopped',
  failed: 'Failed',
};
/** Nothing failed: the page that it ran in is gone. */
const interrupted = 'Interrupted';

/** One sentence about a run that ended by `end`. */
export function summary(end: EndEvent, tally: Tally): string {
  const { committed, rounds, waitMs, decodeMs, acceptedOverDrafted, drafted, pastEnd } = tally;
  const length = `${plural(committed, 'token')} in ${plural(rounds, 'round')}, the whole wait ${formatSeconds(waitMs)}, decoding alone ${formatSeconds(decodeMs)}`;
  const kept = drafted > 0 ? `; ${formatShare(acceptedOverDrafted)} of ${plural(drafted, 'draft')} accepted` : '';
  const ended = end.reason === 'failed' && end.failure.code === 'interrupted' ? interrupted : ends[end.reason];
  return `${ended}: ${length}${kept}${pastEnd > 0 ? `, ${pastEndLabel(pastEnd)}` : ''}.`;
}

/** How many drafts stand past the end of the answer. */
export const pastEndLabel = (count: number) => `+${formatCount(count)} past the end`;

export const verdicts: Record<Verdict, { readonly name: string; readonly meaning: string }> = {
  accepted: { name: 'Accepted', meaning: 'the draft’s token, kept; one line under it' },
  rejected: { name: 'Rejected', meaning: 'the draft’s token, refused by the target' },
  discarded: { name: 'Discarded', meaning: 'drafted after a rejection, never judged' },
  corrected: { name: 'Corrected', meaning: 'the target’s own token, in its place' },
  bonus: { name: 'Bonus', meaning: 'the target’s extra token, when it kept all drafts; two lines under it' },
  plain: { name: 'Plain', meaning: 'the target’s token, without a draft' },
};

/** What a discarded draft is that stands past the end of the answer. */
export const pastEnd = {
  name: 'Past the end',
  meaning: 'drafted after the token that ended the answer; never judged, in no ratio',
  label: pastEndLabel,
  spoken: (count: number) => `${plural(count, 'draft')} past the end of the answer`,
  counted: (count: number) => `${pastEndLabel(count)}: never judged, not counted`,
};

export const legend = {
  heading: 'How to read the marks',
  explain: 'What the marks mean',
  sample: 'abc',
  round: { name: 'Round', meaning: 'a new round begins' },
  end: { name: 'End', meaning: 'the token that ends the answer' },
};

export const tokenCard = {
  target: 'Target’s probability p',
  draft: 'Draft’s probability q',
  draw: 'Uniform draw u',
  test: (u: string, bound: string, accepted: boolean) =>
    accepted ? `u (${u}) is below min(1, p / q) (${bound}): accepted.` : `u (${u}) is not below p / q (${bound}): rejected.`,
  candidates: { p: 'Most likely for the target, p', q: 'Most likely for the draft, q', residual: 'Residual, p − q above 0' },
  id: (id: number) => `token ${id}`,
  noText: '(no text yet, or the end of the answer)',
  noTextStruck: '(a token without text)',
};

export const counts = {
  heading: 'This run',
  /** While it is replayed. */
  headingSoFar: 'This run, up to the moment shown',
  drafted: 'Drafted',
  accepted: 'Accepted',
  rejected: 'Rejected',
  discarded: 'Discarded',
  rounds: 'Rounds',
  acceptanceRate: 'Acceptance rate α',
  acceptanceRateNote: 'accepted of the judged drafts',
  acceptedOverDrafted: 'Accepted / drafted',
  meanAcceptanceLength: 'Mean acceptance length',
  meanAcceptanceLengthNote: 'tokens per target pass',
  readbacksPerRound: 'Readbacks per round',
  nothingReadBack: 'on the CPU nothing is read back',
  none: 'none',
  compared: 'Compared with plain',
  comparedWhole: 'Compared with plain, both to their ends',
  runOther: {
    plain: 'Run the same prompt with plain decoding to compare.',
    speculative: 'Run the same prompt speculatively to compare.',
  },
  noCounterpart: {
    'nothing-drafted': () => 'Nothing was drafted in this run, so plain decoding would do the same once more.',
    'other-target': ({ labels }: StartEvent) => `This run is of ${labels.target}. Choose that target to run the same the other way.`,
    'other-cache': ({ models }: StartEvent) =>
      `In this run the target’s cache held ${models?.target.halfCache ? 'half' : 'full'} precision. Choose that under Models to run the same the other way.`,
  },
  otherPrompt: 'The last runs of the two modes had different prompts or settings; run the same again to compare.',
  otherLength: 'The two texts have different lengths, so their whole waits cannot be compared.',
  identical: (tokens: number) => `The output is identical: ${plural(tokens, 'token')}.`,
  identicalSoFar: (tokens: number) => `The output is identical as far as both runs go: ${plural(tokens, 'token')}.`,
  differs: (position: number) => `The output differs from token ${formatCount(position)} on.`,
  sampledOtherwise: (position: number) =>
    `The output differs from token ${formatCount(position)} on: under the rejection rule both texts come from the same distribution, but from different draws.`,
};

export const idea = {
  heading: 'The idea in three steps',
  caption: 'An illustration, not a run. Choose an example and press Run to see real models do it.',
  steps: [
    { title: 'Draft', text: 'A small model, the draft, guesses the next tokens: words, or pieces of words.' },
    { title: 'Verify', text: 'A large model, the target, judges all the guesses in one pass: is this what it would write?' },
    {
      title: 'Keep what is right',
      text: 'Guesses stay up to the first wrong one, and the target’s own token takes its place. Where all are right, the target adds one more: the bonus.',
    },
  ],
  context: 'Once upon a time',
  drafted: ['there', 'was', 'a', 'little'],
  chosen: ['there', 'was', 'a', 'fox'],
  gain: 'Four tokens from one pass of the target, and each is what it would have written by itself.',
};

export const failures = {
  dismiss: 'Dismiss',
  boundary: 'The page has an internal error.',
  boundaryHint: 'Reload the page. Your settings are remembered.',
  reload: 'Reload',
  part: 'A part of the page could not be fetched.',
  partHint: 'Try again in a moment. Where that does not help, reload the page: prompt and output stay.',
  tryAgain: 'Try again',
};

export const costs = {
  heading: 'This device',
  recorder: (machine: string) => `On the recorder’s machine${machine === '' ? '' : `: ${machine}`}`,
  ofDraft: (draft: string) => `With ${draft}, as in this run.`,
  measuredThen: 'As known when the run began.',
  unmeasured: 'The costs of this pair on this device are not measured yet.',
  coarse:
    'Measured coarsely: this pair is slow here, or the machine was busy, so only a few passes were timed, and lines stand for the others.',
  measuring: 'Measuring the costs of this pair …',
  more: 'All costs, and what would pay',
  decode: 'One plain token',
  draft: 'Draft step',
  draftNote: (ratio: string) => `c = ${ratio} of a token`,
  verify: (rows: number) => `Verify ${rows} rows`,
  verifyNote: (gamma: number, ratio: string) => `v(${gamma}) = ${ratio} tokens`,
  /** Of a run, whose rounds differ. */
  verifyMean: 'Verify a round',
  verifyMeanNote: (ratio: string) => `v = ${ratio} tokens, on average over this run`,
  fixed: 'Other costs of a round',
  fixedNote: (readback: boolean) => (readback ? 'readback and bookkeeping' : 'bookkeeping'),
  fixedPlain: 'Other costs of a plain token',
  readback: 'A bare readback',
  shared: 'Saved for each plain token that is read back with others',
  readbackUntold: 'too short to tell',
  readbackNone: 'none on the CPU',
  breakEven: (gamma: number) => `Break-even α at γ ${gamma}`,
  never: 'never',
  milliseconds: (value: string) => `${value} ms`,
  predicted: 'Predicted speedup',
  /** The speedup from the figures next to it, so that a reader can compute it too. */
  formula: ({ tokens, price: { steps, draft, verify, fixed, plain } }: Pick<CostFigures, 'tokens' | 'price'>) =>
    `${formatRatio(tokens)} tokens a round × ${formatRatio(plain)} for each plain token ÷ (${formatRatio(steps)} steps × c ${formatRatio(draft)} + v ${formatRatio(verify)} + ${formatRatio(fixed)} other costs)`,
};
