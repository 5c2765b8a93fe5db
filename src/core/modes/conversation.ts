import type { AnsweredTurn } from '../loop/splice';
import { outputText } from '../loop/text';
import { committedTokens, startOf } from '../run/tally';
import type { RunEvent, RunModel } from '../types';

/** One question of a conversation and the run that answered it, as far as that came. */
export interface ConversationTurn {
  readonly question: string;
  readonly events: readonly RunEvent[];
}

/** What the caches had of a turn's prompt when it began. */
export interface Kept {
  /** Tokens of the prompt: all turns before it, and its question. */
  readonly prompt: number;
  /** Of them, those that went through the target in an earlier turn and still stood in its cache. */
  readonly reused: number;
}

/** The turns as `target` sees them: only those with an answer, whose ids stand for the same text only where it wrote them itself. */
export function toldTurns(turns: readonly ConversationTurn[], target: RunModel): AnsweredTurn[] {
  return turns.filter(isAnswered).map(({ question, events }) => {
    const writer = startOf(events)?.models?.target;
    if (writer?.id !== target.id || writer.revision !== target.revision) return { question, answer: outputText(events) };
    const ids = committedTokens(events).map(({ id }) => id);
    const end = events.at(-1);
    const stopped = end?.type === 'end' && end.reason === 'stop';
    // A turn that a stop string ended has tokens after its answer.
    if (stopped && end.stopString !== null) return { question, answer: outputText(events) };
    return { question, answer: outputText(events), ids: stopped ? ids.slice(0, -1) : ids };
  });
}

/** Whether a turn has any answer; one that failed before its first token is not part of the conversation. */
export function isAnswered({ events }: ConversationTurn): boolean {
  return events.some(({ type }) => type === 'round');
}

/** null while the prompt has not been read. */
export function keptOf({ events }: ConversationTurn): Kept | null {
  const prefill = events.find((event) => event.type === 'prefill');
  const start = startOf(events);
  return prefill && start ? { prompt: start.promptIds.length, reused: prefill.reused } : null;
}

/** Tokens of the context that the conversation takes up to the end of `turn`; null if it was not answered. */
export function contextUsed({ events }: ConversationTurn): number | null {
  const start = startOf(events);
  return start ? start.promptIds.length + committedTokens(events).length : null;
}

/** Whether an answer ended because nothing more fits into the context. */
export function isCutByContext({ events }: ConversationTurn): boolean {
  const [start, end] = [startOf(events), events.at(-1)];
  return start !== null && end?.type === 'end' && end.reason === 'length' && committedTokens(events).length < start.settings.maxTokens;
}

/**
 * Where the conversation begins once the oldest of the turns from `from` on are left out to make room: half of those that were answered, at
 * least one. `from` itself if there is no such message.
 */
export function leaveOutOldest(turns: readonly ConversationTurn[], from: number): number {
  const told = turns.flatMap((turn, i) => (i >= from && isAnswered(turn) ? [i] : []));
  const last = told[Math.max(0, (told.length >> 1) - 1)];
  return last === undefined ? from : last + 1;
}
