import type { RunEvent } from '../types';
import { startOf } from './tally';

/** What a run that goes on waits for. `tokens`: those of the prompt that the target still reads; `of`: all. */
export type Awaited =
  | { readonly what: 'start' | 'draft' | 'rounds' }
  | { readonly what: 'prompt'; readonly tokens: number; readonly of: number };

/** By what has come of it: the prompt is read before the first token, by a draft model too before it drafts. */
export function awaitedOf(events: readonly RunEvent[]): Awaited {
  const start = startOf(events);
  if (!start) return { what: 'start' };
  const rounds = events.filter(({ type }) => type === 'round').length;
  const { mode, drafting, maxTokens } = start.settings;
  const draftReads = mode === 'speculative' && (drafting === 'model' || drafting === 'mixed') && maxTokens > 1;
  if (rounds > 0) return { what: rounds === 1 && draftReads ? 'draft' : 'rounds' };
  const of = start.promptIds.length;
  const prefill = events.find((event) => event.type === 'prefill');
  return { what: 'prompt', tokens: of - (prefill ? prefill.tokens + prefill.reused : 0), of };
}
