import { create } from 'zustand';
import type { ModelSpec } from '../../catalog/spec';
import { systemMessageOf } from '../../catalog/systemMessage';
import { type Failure, toFailure } from '../../core/failure';
import { type ConversationTurn, isAnswered, leaveOutOldest, toldTurns } from '../../core/modes/conversation';
import { checkRun } from '../../core/settings';
import type { RunEvent, RunModel } from '../../core/types';
import type { TraceAbout } from '../../formats/trace/trace';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { chosenTarget } from '../engine/catalogue';
import { occupy } from '../engine/work';
import { FrameBuffer } from '../run/frameBuffer';
import { completeRun } from '../run/request';
import { runSettings, useSettings } from '../run/settings';

export interface ConversationState {
  /** What is typed for the next turn. */
  readonly question: string;
  /** From the first on; the last one may still be answered. */
  readonly turns: readonly ConversationTurn[];
  /** The system message for the turns to come, as typed; while it is empty, the chat template's own stands. */
  readonly system: string;
  /** The ones of the chat templates of targets that were ready, by their ids; null where there is no place for one. */
  readonly ownSystems: Readonly<Record<string, string | null>>;
  /** Leading turns that the models no longer see. */
  readonly leftOut: number;
  /** What is known of the turns where they are recordings, shown before anything was asked here; a first question takes their place. */
  readonly example: TraceAbout | null;
  readonly asking: boolean;
  /** Why the last turn has no answer, or no whole one. */
  readonly failure: Failure | null;
}

export const useConversation = create<ConversationState>()(() => ({
  ...{ question: '', turns: [], system: '', ownSystems: {}, leftOut: 0, example: null, asking: false, failure: null },
}));

export function typeQuestion(question: string): void {
  const { failure } = useConversation.getState();
  useConversation.setState({ question, failure: failure?.code === 'prompt-empty' ? null : failure });
}

export function typeSystem(system: string): void {
  useConversation.setState({ system });
}

/** Looks whether the chat template of `target`, whose files are stored, has a place for a system message. */
export async function lookForSystem(target: ModelSpec): Promise<void> {
  const own = await systemMessageOf(target, BROWSER_CACHE);
  useConversation.setState(({ ownSystems }) => ({ ownSystems: { ...ownSystems, [target.id]: own } }));
}

/** Asks what is typed as the next turn, with the settings as they are. A stop keeps what there is; failures land in the state. */
export async function askNext(): Promise<void> {
  const { question } = useConversation.getState();
  await ask(question, () => useConversation.setState({ question: '' }));
}

/** Asks the last turn's question again, in place of that turn, which stays where no other answer comes. */
export async function askAgain(): Promise<void> {
  const { turns } = useConversation.getState();
  const last = turns.at(-1);
  if (!last) return;
  await ask(last.question, () => useConversation.setState({ turns: turns.slice(0, -1) }));
  const again = useConversation.getState().turns.at(-1);
  if (isAnswered(last) && again && !isAnswered(again)) useConversation.setState({ turns });
}

/** Leaves out the oldest turns that the models still see. @returns a function that takes them in again */
export function makeRoom(): () => void {
  const { turns, leftOut } = useConversation.getState();
  useConversation.setState({ leftOut: leaveOutOldest(turns, leftOut), failure: null });
  return undoing({ leftOut });
}

/** Begins a new conversation; the last question stands in the box where it was not answered. @returns a function that brings the old one back */
export function newConversation(): () => void {
  const { turns, leftOut, question } = useConversation.getState();
  const last = turns.at(-1);
  const unanswered = last && !isAnswered(last) ? last.question : '';
  useConversation.setState({ turns: [], leftOut: 0, failure: null, question: question || unanswered });
  return undoing({ turns, leftOut, question, example: null });
}

export function dismissConversationFailure(): void {
  useConversation.setState({ failure: null });
}

/** Not while a turn is being answered, which would lose its place. */
function undoing(before: Partial<ConversationState>): () => void {
  return () => {
    if (!useConversation.getState().asking) useConversation.setState(before);
  };
}

/** @param begin puts the state in order once the question is fit to be asked */
async function ask(question: string, begin: () => void): Promise<void> {
  const chosen = useSettings.getState();
  const settings = runSettings(chosen);
  await occupy('conversation', async (signal) => {
    useConversation.setState({ failure: null });
    const arriving = new FrameBuffer<RunEvent>(append);
    try {
      checkRun({ prompt: question, settings });
      begin();
      if (useConversation.getState().example) useConversation.setState({ turns: [], example: null });
      const { turns, leftOut, system: typed, ownSystems } = useConversation.getState();
      const own = ownSystems[chosenTarget()?.model.id ?? ''] ?? null;
      const system = own === null || typed.trim() === '' ? {} : { system: typed };
      useConversation.setState({ asking: true, turns: [...turns, { question, events: [] }] });
      const told = (target: RunModel) => toldTurns(turns.slice(leftOut), target);
      const request = { prompt: question, settings, draft: chosen.draft, turns: told, ...system };
      await completeRun(request, signal, (event) => arriving.add(event));
    } catch (thrown) {
      useConversation.setState({ failure: toFailure(thrown) });
    }
    arriving.flush();
    useConversation.setState({ asking: false });
  });
}

/** Adds to the last turn. */
function append(events: readonly RunEvent[]): void {
  useConversation.setState(({ turns }) => {
    const last = turns.at(-1);
    return last ? { turns: [...turns.slice(0, -1), { ...last, events: [...last.events, ...events] }] } : {};
  });
}
