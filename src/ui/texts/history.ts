import { RUN, SAMPLING } from '../../core/declaredSettings';
import type { RunSummary } from '../../core/run/runSummary';
import type { SettingField } from '../../core/settings';
import type { ChangedField } from '../../core/settingsChange';
import { formatBytes, formatCount } from '../format';
import { gammaWords } from './decoding';
import { speeds } from './speeds';

const others = { prompt: 'Prompt', draft: 'Draft model', target: 'Target', adapter: 'Device' };
const declared = { ...RUN, ...SAMPLING };
const fieldName = (field: ChangedField): string =>
  field in others ? others[field as keyof typeof others] : declared[field as SettingField].name;

export const historyWords = {
  heading: 'History',
  empty: 'No run yet. Ask something above: every run that ends is kept here.',
  visit: 'This visit',
  before: 'Before',
  opening: 'Reading the history …',
  kept: (runs: number, bytes: number, most: number) =>
    `${formatCount(runs)} of at most ${formatCount(most)} runs, ${formatBytes(bytes)}, in this browser only. New runs replace the oldest.`,
  visitOnly: 'until the page is closed',
  all: (runs: number) => `Show all ${formatCount(runs)}`,
  open: 'Open',
  pin: 'Pin',
  unpin: 'Unpin',
  remove: 'Delete',
  /** Behind a button's word, for those who hear it alone. */
  of: (prompt: string) => ` “${prompt}”`,
  how: ({ mode, draft, gamma, temperature, halfCaches = '' }: RunSummary) => {
    const warm = temperature > 0 ? `, temperature ${temperature}` : '';
    const caches = halfCaches === '' ? '' : `, ${halfCaches}`;
    if (mode === 'plain') return `Plain decoding${warm}${caches}`;
    return `Speculative: ${draft ?? 'the model'}, ${gammaWords(gamma)}${warm}${caches}`;
  },
  ends: { stop: '', length: '', aborted: 'stopped', failed: 'failed' },
  accepted: 'of judged drafts accepted',
  tokensPerSecond: 'tokens/s, decoding alone',
  tokens: 'tokens',
  comparison: 'Pinned run and the run on the page',
  pinned: 'Pinned',
  shown: 'On the page',
  pinnedAlone: 'This run is pinned. Change the prompt or a setting and run again: the next run appears next to it here.',
  sameRun: 'The pinned run itself is on the page. Change the prompt or a setting and run again.',
  toSettings: 'Settings are in Watch.',
  changes: 'What changed',
  noChange: 'Nothing: the same prompt and the same settings.',
  field: fieldName,
  from: 'from',
  to: 'to',
  figures: 'Figures',
  alike: (tokens: number, whole: boolean) =>
    whole
      ? `Both texts are the same: ${formatCount(tokens)} tokens.`
      : `The first ${formatCount(tokens)} tokens are the same; marked from there on.`,
  noneAlike: 'The texts differ from the first token on.',
  noText: '(no text)',
  rows: {
    waitTokensPerSecond: 'Tokens per second, the whole wait',
    tokensPerSecond: 'Tokens per second, decoding alone',
    acceptanceRate: 'Acceptance rate α',
    acceptedOverDrafted: 'Accepted / drafted',
    meanAcceptanceLength: 'Mean acceptance length',
    committed: 'Tokens',
    rounds: 'Rounds',
    waitMs: speeds.names.wait,
    decodeMs: speeds.names.decoding,
    timeToFirstTokenMs: 'Time to first token',
  },
};
