import { LEAST_REJECTED, type ProofVerdict, type Tried } from '../../core/study/proof';
import type { Judgement } from '../../core/study/sameDistribution';
import type { StartEvent } from '../../core/types';
import { formatCount, formatOdds, formatPValue, formatRatio, formatShare, plural } from '../format';

export const proof = {
  heading: 'Prove it',
  own: 'Press “Same output?” to replace it with a proof on your own device.',
  asks: {
    ids: 'With these settings both ways must write the same tokens. The page decodes the prompt with speculation, then with the target alone, and compares the ids.',
    distribution:
      'Above temperature 0 under the rejection rule two runs are two draws, so one pair of texts proves nothing. Instead, the page samples many short runs and compares the two distributions. (Under the coupled rule, or at temperature 0, it compares the ids.)',
  },
  size: 'Runs of each side',
  tokens: 'First tokens counted',
  stopKept: 'Stopped: the results so far stay.',
  working: 'Working …',

  ids: {
    heading: 'The same ids?',
    aligned: 'Both outputs, token by token: speculation above, the target alone below',
    lanes: { speculative: 'Speculative', plain: 'Plain' },
    position: (position: number) => `token ${formatCount(position)}`,
    same: 'the same',
    different: 'different',
    verdicts: {
      identical: (tokens: number) => `Yes: all ${plural(tokens, 'token')} are the same, id for id.`,
      partly: (tokens: number) => `As far as both runs go, yes: ${plural(tokens, 'token')}, id for id.`,
      different: (tokens: number) => `No: the first difference is at token ${formatCount(tokens + 1)}.`,
    },
    incomplete: 'One of the two runs is missing or was cut short, so there is no verdict.',
    parting: (speculative: string, plain: string, p: { readonly speculative: string; readonly plain: string }) =>
      `Here speculation wrote “${speculative}” (p ${p.speculative}), the target alone “${plain}” (p ${p.plain}).`,
    gap: (gap: number) =>
      `Their logits differ by ${formatRatio(Math.abs(gap))}. ${
        Math.abs(gap) < 0.05
          ? 'That is a near tie: forward passes of different shapes may round it either way.'
          : 'That is not a tie, so something is wrong: please report it.'
      }`,
    nearTies:
      'This target runs on a library that rounds passes over several tokens otherwise than passes over one. So speculation with it is lossless up to near ties: where the logits of two tokens are nearly equal, either may be written.',
    noGap: 'The difference of their logits was not measured.',
    proven: (tokens: number, adapter: string) =>
      `For this prompt, these settings and this device (${adapter}): speculation wrote the target’s own ${plural(tokens, 'token')}.`,
    notProven:
      'Anything about other prompts, lengths or devices: try them here, or compare many at once under Experiment. Mathematics and the tests of the kernels show that the rule is right for every prompt; one run is one instance.',
    refuted: (tokens: number) => `That both write the same here: they agree for ${plural(tokens, 'token')} and then differ.`,
    unrefuted:
      'That the rule is wrong: both outputs are equal up to the first difference. After it they go on from different histories, and cannot be compared.',
  },

  distribution: {
    heading: 'The same distribution?',
    legend: { first: 'Speculative', second: 'The target alone', control: 'Wrong on purpose' },
    histogram: 'How often each beginning was written',
    beginning: 'Beginning',
    others: (categories: number) => `${plural(categories, 'other beginning')}`,
    none: 'No run has ended yet.',
    progress: (done: number, size: number) => `${formatCount(done)} of ${plural(size, 'run')} of each side`,
    progressLabel: 'Progress of the sampling',
    statistic: 'Chi-square statistic',
    degreesOfFreedom: 'Degrees of freedom',
    degreesNote: 'number of compared beginnings minus one; rare beginnings count as one',
    pValue: 'p-value',
    distance: 'Total variation distance',
    distanceNote: 'share of runs that would have to change',
    judged: 'Drafts judged on the way',
    judgedNote: (rejected: string) => `${rejected} of them rejected`,
    verdict: ({ test }: Judgement, verdict: ProofVerdict, { rejected }: Tried, done: number, size: number): string => {
      const cut = done < size ? ` This is after ${formatCount(done)} of ${formatCount(size)} planned runs.` : '';
      if (!test) return `No verdict yet: too few runs, or beginnings that hardly vary.${cut}`;
      if (verdict === 'apart')
        return `They differ: one distribution would give samples as different as these, or more, in ${formatOdds(test.pValue)} such proofs.${cut}`;
      if (verdict === 'untried')
        return `No difference was found, but that says nothing yet: ${rejected === 0 ? 'no draft was' : `only ${plural(rejected, 'draft')} ${rejected === 1 ? 'was' : 'were'}`} rejected, and it takes ${LEAST_REJECTED} to try the rule’s other half.${cut}`;
      return `No difference was found: one distribution would give samples as different as these, or more, in ${formatOdds(test.pValue)} such proofs.${cut}`;
    },
    same: 'All runs began alike: this prompt leaves no choice. Choose a story, or a higher temperature.',
    power: (detectable: number, more: number) =>
      `With this many runs a difference of ${formatShare(detectable)} between what is compared would be found nine times in ten. To find one half as large takes ${plural(more, 'run')} more of each side.`,
    untested: 'No draft was judged, so the rule was not tested.',
    fewRejected: (rejected: number) =>
      `${rejected === 0 ? 'No draft was' : `Only ${plural(rejected, 'draft')} ${rejected === 1 ? 'was' : 'were'}`} rejected, so the rule’s other half, the residual, was hardly tested. Choose the example “Random words”, which also sets the weak draft, or count more of the first tokens.`,
    fixedLength: (gamma: number) =>
      ` Drafts have ${formatCount(gamma)} tokens here: an adaptive length may draft nothing, and then no rule is tested.`,
    levelNote:
      'The verdict counts at the planned end. A right rule gives a p-value below 0.01 once in a hundred proofs; repeat such a proof with another seed.',
    proven: (tokens: number, size: number) =>
      `Of this prompt’s first ${plural(tokens, 'token')} over ${plural(size, 'run')} of each side: the samples are as alike as two samples of the target’s own would be.`,
    notProven:
      'That there is no difference at all: a test can only fail to find one. It shows nothing about later tokens or other prompts, and not that two texts would be the same: they are two draws.',
    controlHeading: 'And when the rule is wrong?',
    controlIntro: (wrong: string, right: string) =>
      `Plain decoding at temperature ${wrong} in place of ${right}: really sampled, and tested in the same way against the same runs of the target.`,
    controlElsewhere: {
      'other-target': ({ labels }: StartEvent) => `These samples are of ${labels.target}. To compare with them, choose that target again.`,
      'other-cache': ({ models }: StartEvent) =>
        `In these samples the target’s cache held ${models?.target.halfCache ? 'half' : 'full'} precision. To compare with them, choose that under Models again.`,
    },
    controlVerdict: (judgement: Judgement, done: number, size: number): string => {
      const { verdict, test } = judgement;
      if (done < size) return `${formatCount(done)} of ${plural(size, 'run')}.`;
      if (!test) return 'Nothing can be said: the beginnings hardly vary.';
      return verdict === 'apart'
        ? `Distinguished: one distribution would give this in ${formatOdds(test.pValue)} such proofs. The test can fail.`
        : `Not distinguished (p-value ${formatPValue(test.pValue)}): with so few runs the test would miss a rule as wrong as this one. Sample more.`;
    },
  },
  provenHeading: 'What this shows',
  notProvenHeading: 'What it does not',
};
