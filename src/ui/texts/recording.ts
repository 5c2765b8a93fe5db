import type { StartEvent } from '../../core/types';
import type { TraceAbout } from '../../formats/trace/trace';
import { gammaWords } from './decoding';
import { speeds } from './speeds';

const leftOut: Record<TraceAbout['leftOut'][number], string> = {
  'some-candidates': 'some of the candidates',
  candidates: 'the candidates',
  digits: 'some digits of times and probabilities',
};

/** What was left out, in one sentence. */
function withoutSentence(left: TraceAbout['leftOut']): string {
  const parts = left.filter((each) => each !== 'some-candidates' || !left.includes('candidates')).map((each) => leftOut[each]);
  return parts.length === 0 ? '' : `Left out for its length: ${parts.join(', and ')}.`;
}

/** How a run was decoded, whatever the settings on the page are now. */
function decodedHow({ settings, labels }: Pick<StartEvent, 'settings' | 'labels'>): string {
  const { mode, gamma, sampling } = settings;
  return [
    ...(mode === 'plain' ? ['plain decoding'] : [`drafts by ${labels.draft ?? 'the model'}`, gammaWords(gamma)]),
    `temperature ${sampling.temperature}`,
    ...(mode === 'plain' || sampling.temperature === 0 ? [] : [`${sampling.rule} rule`]),
  ].join(', ');
}

export const recording = {
  label: 'A recording',
  untitled: 'A recorded run',
  log: 'Recorded output',
  playing: 'A recorded run, playing.',
  status: (sentence: string) => `Recording. ${sentence}`,
  on: (machine: string) => `on ${machine}`,
  elsewhere: 'on another machine',
  how: decodedHow,
  without: withoutSentence,
};

export const recordings = {
  heading: 'Recorded runs',
  intro: 'Real runs of the embedded pair, with every probability. They play, step and compare like a run of your own, and load no models.',
  reading: 'Reading the list …',
  close: 'Close',
  open: 'Do you have a recording as a file? Open it here, or drop it on the page.',
};

export const share = {
  heading: 'Share this run',
  intro: 'The link holds the whole run. It loads no models, and nothing is sent to a server.',
  reach: {
    machine:
      'This page comes from this machine (localhost), so the link and the embed code work on this machine only. To give the run to someone else, save it as a file: it opens on any copy of this page.',
    network:
      'This page comes from a machine in your own network, so the link and the embed code work in that network only. To give the run to someone else, save it as a file: it opens on any copy of this page.',
  },
  making: 'Making the link …',
  link: 'Link',
  linkLength: (characters: string) => `${characters} characters.`,
  whole: 'Nothing is left out.',
  embed: 'For a slide or a document',
  embedNote: 'One frame for your own page; it plays and steps without anything else.',
  copyLink: 'Copy link',
  copyEmbed: 'Copy embed code',
  copied: 'Copied.',
  notCopied: 'The clipboard is not available; select the text and copy it.',
  tooLong:
    'This run is too long for a link. A file holds all of it. Anyone who opens the file on this page, or drops it there, sees what you see.',
  fileNote: 'A file leaves nothing out.',
  close: 'Close',
};

export const embed = {
  heading: 'A run of speculative decoding',
  look: 'Look at it',
  watch: 'Play',
  step: 'Step by step',
  whole: 'Open the whole page',
  alpha: 'acceptance α',
  speedup: 'plain decoding',
  speedupNote: 'The speed of decoding compared with plain decoding, from the cost of a plain token on the device that recorded the run.',
  rate: speeds.alone,
  nothing: 'This frame names no recording: its address should end in #trace=…, as “Copy embed code” on the page gives it.',
};
