import type { AcceptanceBand } from '../../core/cost/acceptance';
import { RUN } from '../../core/declaredSettings';
import { type ExperimentPlan, LEAST_TOKENS } from '../../core/study/experiment';
import type { TextKind } from '../../core/study/quality';
import type { OutputCount, QualityCount, Speedup, Speedups } from '../../core/study/worksheet';
import { formatCount, formatRatio, formatShare, plural } from '../format';
import { pastEndLabel } from './index';

const kinds: Record<TextKind | 'all', string> = {
  story: 'Story',
  json: 'JSON',
  code: 'Code',
  counting: 'Counting',
  copy: 'Copy',
  answers: 'Answers',
  hard: 'Random',
  own: 'Other',
  all: 'All together',
};

const bands: Record<AcceptanceBand, string> = {
  'nearly-all': 'The draft nearly always says what the target would.',
  most: 'The draft is right more often than not.',
  half: 'The draft is wrong about as often as right.',
  few: 'The draft is wrong most of the time.',
};

export const experiment = {
  heading: 'Experiment',
  intro: `Every prompt runs with plain decoding and in every way that you choose, each to the end of its answer. The runs are interleaved, so that other work on this machine affects all ways alike. Each model runs once, uncounted, before the measurement. Answers of fewer than ${LEAST_TOKENS} tokens are left out of rates and speeds.`,
  kinds,

  setup: {
    heading: 'What is measured',
    prompts: 'Prompts',
    own: 'A prompt of your own',
    ownPlaceholder: 'Write it here …',
    add: 'Add',
    remove: 'Remove',
    taken: 'The prompt was removed.',
    drafts: 'Drafts',
    itself: 'The target itself',
    ngram: 'N-gram',
    mixed: (draft: string) => `N-gram, then ${draft}`,
    noDrafts: 'The list of drafts is not loaded yet.',
    gammas: RUN.gamma.name,
    adaptive: 'Adaptive',
    maxTokens: RUN.maxTokens.name,
    ending: 'A run ends',
    endings: { answer: 'With its answer', fixed: 'At a fixed length, also past the end' },
    repetitions: 'Repetitions',
    size: ({ prompts, variants, repetitions }: ExperimentPlan, runs: number) =>
      `${plural(runs, 'run')}: ${plural(prompts.length, 'prompt')}, with plain decoding and in ${plural(variants.length, 'way')}, ${
        repetitions === 1 ? 'once' : `${formatCount(repetitions)} times`
      }.`,
  },

  progress: {
    label: 'Progress of the experiment',
    done: (done: number, total: number) => `${formatCount(done)} of ${plural(total, 'run')}`,
    left: (time: string) => `about ${time} left`,
    loading: 'loading the models for the first run',
    stopped: 'stopped; the results so far stay',
    ended: (done: number) => `Measured: ${plural(done, 'run')}.`,
  },

  sheet: {
    heading: 'Worksheet',
    empty: 'Nothing has been measured yet.',
    scroll: 'Worksheet, scrolls sideways',
    plain: 'Plain',
    columns: {
      way: 'Way',
      runs: 'Runs',
      drafted: 'Drafted',
      accepted: 'Accepted',
      rejected: 'Rejected',
      discarded: 'Discarded',
      passes: 'Target passes',
      first: 'First token, ms',
      latency: 'The whole wait, ms',
      speedup: 'Speedup, the whole wait',
      speed: 'Tokens per second, decoding alone',
      decodingSpeedup: 'Speedup, decoding alone',
      output: 'Identical output',
      quality: 'Right by rule',
      logProbability: 'Mean ln p',
      alpha: 'α',
      ratio: 'Accepted / drafted',
    },
    speedup: ({ mean }: Speedup) => `${formatRatio(mean)}\u00a0×`,
    range: ({ least, most, pairs }: Speedup) => (pairs > 1 ? `${formatRatio(least)} to ${formatRatio(most)}` : ''),
    output: ({ identical, different, drawnApart }: OutputCount) =>
      drawnApart > 0
        ? 'two draws'
        : identical + different === 0
          ? '–'
          : `${formatCount(identical)} of ${formatCount(identical + different)}`,
    quality: ({ right, wrong, cut, unruled }: QualityCount) =>
      right + wrong > 0 ? `${formatCount(right)} of ${formatCount(right + wrong)}` : cut === 0 && unruled > 0 ? 'no rule' : '–',
    short: (count: number) => (count > 0 ? `${formatCount(count)} too short` : ''),
    behind: (count: number) => (count > 0 ? pastEndLabel(count) : ''),
    cut: ({ cut }: QualityCount) => (cut > 0 ? `${formatCount(cut)} not ended` : ''),
    notes: [
      'The whole wait includes the prompt; decoding alone begins at the first token. A speedup is the time per token of plain decoding over that of speculation, in pairs with the same prompt and seed: geometric mean, and the range over the pairs.',
      `Counts, rates and times are for answers of ${LEAST_TOKENS} tokens or more. Drafts past the end of an answer were never judged, and are in no count.`,
      'Output is compared, id for id, with plain decoding of the same prompt and seed.',
      'Some kinds have a rule: a JSON object with the sentence’s own values, a function whose brackets and blocks close, exactly the numbers or words in the request. Only answers that ended within their run are judged.',
      'Mean ln p is over the answer’s tokens, with p from the target: how likely the text is for the target itself.',
    ],
  },

  findings: {
    heading: 'What it says',
    best: (way: string, speedup: string) => `Fastest here: ${way}. Compared with plain decoding, over all texts: ${speedup}.`,
    none: (way: string, speedup: string) => `Nothing pays here. The best is ${way}; compared with plain decoding: ${speedup}.`,
    bothSpeeds: ({ wait, decoding }: Speedups) =>
      `${wait ? formatRatio(wait.mean) : '–'}\u00a0× over the whole wait${decoding ? `, ${formatRatio(decoding.mean)}\u00a0× decoding alone` : ''}`,
    short: (runs: number) =>
      `${plural(runs, 'run')} ended before ${LEAST_TOKENS} tokens and ${runs === 1 ? 'is' : 'are'} left out of rates and speeds.`,
    onlyShort: (kind: string) => `${kind}: every answer ended before ${LEAST_TOKENS} tokens, so the experiment says nothing about it.`,
    same: (pairs: number) => `All ${plural(pairs, 'output')} are the same as plain decoding’s, id for id.`,
    differ: (different: number, pairs: number) => `${formatCount(different)} of ${plural(pairs, 'output')} differ from plain decoding’s.`,
    drawn:
      'Under the rejection rule speculation draws outputs of its own, so they are not compared id by id; Proof compares the distributions.',
    acceptance: (kind: string, share: number, accepted: number, judged: number) =>
      `${kind}: ${formatCount(accepted)} of ${formatCount(judged)} judged drafts accepted, α = ${formatShare(share)}.`,
    noAcceptance: (kind: string) => `${kind}: no draft was judged.`,
    bands,
    pays: (speedup: string) => `It pays: ${speedup}.`,
    even: (speedup: string) => `It makes little difference: ${speedup}.`,
    costs: (speedup: string) => `It costs more than it gains: ${speedup}.`,
    chart: 'Speedup over plain decoding',
    chartNote:
      'The whole wait, prompt included. Geometric means over pairs of runs. The line is plain decoding: left of it speculation is slower.',
    chartDescription: (bands: string) =>
      `Bars of the speedup for ${bands}, with a line at 1, where speculation is as fast as plain decoding.`,
    speedAxis: 'Speedup',
    kindAxis: 'Kind of text',
    wayAxis: 'Way',
  },

  vote: {
    heading: 'Which is better? A blind vote',
    none: 'All answers are the same as plain decoding’s, so there is nothing to choose between. Measure at temperature 0.8 under the rejection rule to get two draws of each.',
    unmeasured: 'Once two answers to one prompt differ, you can vote on them without knowing which is which.',
    ask: (number: number, of: number) =>
      `Pair ${formatCount(number)} of ${formatCount(of)}. One answer is the target’s alone, the other was drafted and verified. Which is better?`,
    prompt: 'Prompt',
    answers: ['Answer A', 'Answer B'],
    choose: ['A is better', 'B is better', 'No difference'],
    done: 'That was the last pair.',
    revealed: (choice: string) => `The last vote went to ${choice}.`,
    sides: { speculative: 'speculation', plain: 'the target alone', neither: 'neither' },
    tally: 'Votes',
    empty: '(an empty answer)',
  },

  typed: {
    heading: 'With counts of your own',
    intro: 'Measured elsewhere? Type the counts: drafted and accepted give the acceptance, the rest is optional.',
    fields: {
      drafted: 'Drafted tokens',
      accepted: 'Accepted tokens',
      rejected: 'Rejected tokens',
      plainTime: 'Time with plain decoding',
      speculativeTime: 'Time with speculation',
    },
    formula: (accepted: number, drafted: number) =>
      `accepted ÷ drafted = ${formatCount(accepted)} ÷ ${formatCount(drafted)} = ${formatShare(accepted / drafted)}`,
    alpha: (accepted: number, rejected: number) =>
      `α = accepted ÷ (accepted + rejected) = ${formatCount(accepted)} ÷ ${formatCount(accepted + rejected)} = ${formatShare(accepted / (accepted + rejected))}`,
    discarded: (count: number) =>
      `${plural(count, 'draft')} came after a rejection, never judged: the plain ratio counts them as lost, α does not.`,
    speedup: (speedup: number) => `speedup = time with plain decoding ÷ time with speculation = ${formatRatio(speedup)} ×`,
    meaning: (accepted: number) => `Of 100 drafted tokens, ${formatCount(accepted)} were kept.`,
    faster: 'Speculation was faster.',
    slower: 'Speculation was slower: the rejected drafts cost more than the accepted ones saved.',
    upToCosts: 'The costs decide whether that pays.',
    waiting: 'Type how many tokens were drafted and how many accepted.',
  },
};
