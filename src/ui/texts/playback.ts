import type { Phase } from '../../core/run/moment';

const phases: Record<Phase, string> = {
  waiting: 'waiting',
  prefill: 'reading the prompt',
  drafting: 'drafting',
  verifying: 'verifying',
  reading: 'reading back',
  working: 'drafting and verifying',
  between: 'between rounds',
  ended: 'at its end',
};

export const playback = {
  heading: 'The run in time',
  play: 'Play',
  pause: 'Pause',
  pace: 'Pace',
  paces: { 1: 'Its own', 0.5: 'Half', 0.1: 'A tenth' },
  slowed: (took: string) => `The tokens of this run came in ${took}, so it is shown at a tenth of its pace.`,
  round: (number: string) => `Round ${number}:`,
  phases,
  moment: 'Moment of the run',
  momentText: (time: string, phase: string) => `${time}, ${phase}`,
  parts: { draft: 'draft', verify: 'verify', rest: 'readback and bookkeeping' },
  laneRound: (number: string, drafts: number) => `Round ${number}${drafts === 0 ? ', no draft' : ''}`,
};
