import {
  BOUNDS,
  type ClaimFigures,
  type ClaimId,
  type ClaimVerdict,
  type MeasuredSpeedups,
  type Unmeasured,
} from '../../core/study/claims';
import { LEAST_TOKENS } from '../../core/study/experiment';
import type { Speedup } from '../../core/study/worksheet';
import { formatCompact, formatCount, formatRate, formatRatio, formatSeconds, formatShare, plural } from '../format';
import { speeds } from './speeds';

const times = (ratio: number) => `${formatRatio(ratio)}\u00a0×`;

/** Both speedups, by their names; the whole wait's decides. */
const bothSpeeds = ({ wait, decoding }: MeasuredSpeedups) =>
  `${times(wait.mean)} over the whole wait${decoding ? `, ${times(decoding.mean)} decoding alone` : ''}`;
const range = ({ least, most }: Speedup) => `${times(least)} to ${times(most)}`;

interface ClaimWords<Id extends ClaimId> {
  /** As it is said. */
  readonly claim: string;
  /** What counts as holding. */
  readonly bound: string;
  /** The figures of the verdict, in a sentence. @param nameOf a draft's name by its id */
  readonly figures: (figures: ClaimFigures[Id], nameOf: (draft: string) => string) => string;
  /** What is to be learnt from it where it holds, and where it does not. */
  readonly lesson: { readonly holds: string; readonly fails: string };
}

const claims: { readonly [Id in ClaimId]: ClaimWords<Id> } = {
  'two-to-three': {
    claim: 'It is two to three times faster.',
    bound: `Holds from ${times(BOUNDS.fast)} on over the whole wait, prompt included, on prompts of five kinds, the draft’s length adaptive.`,
    figures: ({ speedup, parts }) =>
      `${bothSpeeds(speedup)} on average; the whole wait ${range(speedup.wait)} over ${plural(speedup.wait.pairs, 'prompt')}.${parts ? ` ${speeds.parts(parts)}` : ''}`,
    lesson: {
      holds: 'It holds for this device and these texts; it is not a law. Look at the range.',
      fails: 'Two to three is a prize that depends on the work, not a law.',
    },
  },
  'no-loss': {
    claim: 'There is no loss of quality.',
    bound: 'Holds where every output is the target’s own, id for id, at temperature 0.',
    figures: ({ identical, compared, plain, speculative }) =>
      `${formatCount(identical)} of ${plural(compared, 'output')} identical; by rule ${rightOf(plain)} right with plain decoding, ${rightOf(speculative)} with speculation.`,
    lesson: {
      holds: 'The draft decides how fast it goes, never what is said.',
      fails: 'It must hold: where one id differs the rule or a kernel is at fault. Proof shows the place.',
    },
  },
  'cheap-verification': {
    claim: 'Verification costs little.',
    bound: `Holds where the target’s pass over ${BOUNDS.gamma + 1} rows takes at most ${times(BOUNDS.cheap)} the time of a pass over one.`,
    figures: ({ ratio, plainMs, verifyMs, gamma }) =>
      `A pass over ${gamma + 1} rows takes ${times(ratio)} the time of one row: ${formatRate(verifyMs)} ms against ${formatRate(plainMs)} ms, by the device’s clock.`,
    lesson: {
      holds: 'This device waits for memory: further rows come nearly free.',
      fails: 'This device is busy computing: every further row costs time.',
    },
  },
  'half-is-theatre': {
    claim: 'When the draft is wrong half of the time, it is theatre.',
    bound: `Holds where runs with ${formatShare(BOUNDS.half.least)} to ${formatShare(BOUNDS.half.most)} of their drafts accepted gain less than ${times(BOUNDS.gain)} over the whole wait.`,
    figures: ({ speedup, share }) =>
      `With ${formatShare(share)} of the drafts accepted: ${bothSpeeds(speedup)}; the whole wait ${range(speedup.wait)} over ${plural(speedup.wait.pairs, 'run')}.`,
    lesson: {
      holds: 'Movement without gain: rejected drafts cost what accepted ones save.',
      fails: 'Each device has its own break-even acceptance; Measure shows it.',
    },
  },
  'not-for-small': {
    claim: 'It is not for small models.',
    bound: `Holds where a target below ${formatCompact(BOUNDS.small)} parameters gains less than ${times(BOUNDS.gain)} over the whole wait.`,
    figures: ({ speedup, parameters }) =>
      `A target of ${formatCompact(parameters)} parameters: ${bothSpeeds(speedup)}; the whole wait ${range(speedup.wait)} over ${plural(speedup.wait.pairs, 'prompt')}.`,
    lesson: {
      holds: 'Here the draft, or the pass over its tokens, costs too much compared with a token.',
      fails: 'What counts is how much cheaper the draft is than the target, not how large the target is.',
    },
  },
  'bigger-drafts': {
    claim: 'A bigger draft is better.',
    bound: `Holds where each larger draft is faster than every smaller one over the whole wait at γ = ${BOUNDS.gamma}; the largest is the target itself.`,
    figures: ({ drafts }, nameOf) =>
      `${drafts
        .map(
          ({ draft, parameters, acceptedOverDrafted, speedup }) =>
            `${nameOf(draft)} (${formatCompact(parameters)} parameters): ${formatShare(acceptedOverDrafted)} accepted, ${bothSpeeds(speedup)}`,
        )
        .join(';\n')}.`,
    lesson: {
      holds: 'Here agreement gains more than the larger draft costs.',
      fails: 'A perfect draft that costs as much as the target gains nothing.',
    },
  },
};

function rightOf({ right, wrong }: { readonly right: number; readonly wrong: number }): string {
  return `${formatCount(right)} of ${formatCount(right + wrong)}`;
}

const reasons: Record<Unmeasured, string> = {
  'no-runs': 'Nothing has been run for it yet.',
  'too-few': 'Too few runs have finished to say anything.',
  'too-coarse': 'The clock of this browser is too coarse to tell how long these runs took.',
  'no-clock': 'This device has no clock that the page can read, or no such round was run.',
  'none-about-half': `No run had about half of its drafts accepted (${formatShare(BOUNDS.half.least)} to ${formatShare(BOUNDS.half.most)}), so nothing can be said.`,
  'not-small': 'The target here is not a small model, so nothing can be said.',
  'one-size': 'All drafts that were measured are of one size, so nothing can be said.',
};

export const claimWords = {
  heading: 'Claims',
  intro:
    'What people often say about speculative decoding, tested on this device with these models. Each verdict lists the runs that it is based on; without a measurement there is no verdict. Every run ends with its answer.',
  claims,
  verdicts: { holds: 'Holds here', fails: 'Does not hold here', unmeasured: 'Not measured' } satisfies Record<
    ClaimVerdict['verdict'],
    string
  >,
  /** A verdict that few runs bear. */
  seeming: (verdict: string) => `${verdict}, as far as these runs show`,
  near: 'The figures are near the bound: with so few runs this is only a tendency.',
  reasons,
  measure: 'Measure',
  again: 'Measure again',
  measuring: (done: number, total: number) => `${formatCount(done)} of ${plural(total, 'run')}`,
  progressOf: (claim: string) => `Measurement: ${claim}`,
  evidence: (runs: number) => `The ${plural(runs, 'run')} behind it`,
  watch: 'Watch it',
  run: (prompt: string, way: string, tokens: number, ms: number, tooShort: boolean) =>
    `${way}: “${prompt}”, ${plural(tokens, 'token')}, the whole wait ${formatSeconds(ms)}${tooShort ? `; shorter than ${LEAST_TOKENS} tokens, so left out of speeds` : ''}`,
  device: (adapter: string) => `Measured on ${adapter}.`,
};
