import { create } from 'zustand';
import { type Failure, toFailure } from '../../core/failure';
import { tidyTyped } from '../../core/loop/person';
import { wellFormed } from '../../core/loop/text';
import { checkTyped } from '../../core/modes/beTheDraft';
import { committedTokens } from '../../core/run/tally';
import { checkRun } from '../../core/settings';
import type { RunEvent, RunSettings } from '../../core/types';
import { occupy, stopWork, useWork } from '../engine/work';
import { FrameBuffer } from '../run/frameBuffer';
import { completeRun, type RunRequest } from '../run/request';
import { DEFAULT_SETTINGS, runSettings, useSettings } from '../run/settings';

/** How many teams a room may be in; they take turns. */
export const TEAMS = [1, 2, 3, 4] as const;
export type Teams = (typeof TEAMS)[number];

export interface BeTheDraftState {
  readonly teams: Teams;
  /** In how many teams the game that is shown is played. */
  readonly playing: Teams;
  /** `model`: the draft model goes first, unseen. `asking`: the person is waited for. `judging`: the target is at work, or loading. */
  readonly phase: 'idle' | 'model' | 'asking' | 'judging';
  /** Most tokens that will be judged, while the person is waited for. */
  readonly most: number;
  readonly typed: string;
  /** Why what is typed was not judged; it stays in the box. */
  readonly objection: Failure | null;
  /** The person's run, and the draft model's on the same prompt. They stay until the next have really begun. */
  readonly events: readonly RunEvent[];
  readonly model: readonly RunEvent[];
  /** What was typed, by the index of its round; null if the person passed. */
  readonly typedDrafts: Readonly<Record<number, string | null>>;
  readonly failure: Failure | null;
}

export const useBeTheDraft = create<BeTheDraftState>()(() => ({
  ...{ teams: 1, playing: 1, phase: 'idle', most: 0, typed: '', objection: null, events: [], model: [], typedDrafts: {}, failure: null },
}));

let answer: ((typed: string | null) => void) | null = null;

/**
 * Has the draft model draft the prompt first, out of sight, and then the person: round after round the text so far is shown, what is typed
 * goes to the target, and its verdict comes back. A stop keeps what there is; failures land in the state.
 */
export async function startBeTheDraft(): Promise<void> {
  const chosen = useSettings.getState();
  // The target's most likely tokens are shown next to what was typed.
  const settings: RunSettings = { ...runSettings(chosen), mode: 'speculative', candidates: true };
  const request = { prompt: chosen.prompt, settings, draft: chosen.draft };
  await occupy('be-the-draft', async (signal) => {
    useBeTheDraft.setState({ failure: null, objection: null });
    try {
      checkRun(request);
      useBeTheDraft.setState({ phase: 'model' });
      // If no draft pays on this device, an adaptive length is 0, and none of the model's drafts would be judged.
      const gamma = settings.gamma === 'auto' ? DEFAULT_SETTINGS.gamma : settings.gamma;
      const model = await completeRun({ ...request, settings: { ...settings, drafting: 'model', gamma } }, signal);
      if (!model) return;
      useBeTheDraft.setState(({ teams }) => ({ playing: teams, model, events: [], typedDrafts: {}, typed: '', phase: 'judging' }));
      await letPersonDraft(request, signal);
    } catch (thrown) {
      useBeTheDraft.setState({ failure: toFailure(thrown) });
    } finally {
      answer = null;
      useBeTheDraft.setState({ phase: 'idle' });
    }
  });
}

export function type(typed: string): void {
  useBeTheDraft.setState({ typed, objection: null });
}

/** Hands what is typed to the target; what cannot be judged stays in the box, with the reason. */
export function submitTyped(): void {
  const { typed, events } = useBeTheDraft.getState();
  try {
    const draft = tidyTyped(wellFormed(typed), textOf(events));
    checkTyped(draft);
    give(draft);
  } catch (thrown) {
    useBeTheDraft.setState({ objection: toFailure(thrown) });
  }
}

/** Lets the target write the next token by itself. */
export function passTurn(): void {
  give(null);
}

export function chooseTeams(teams: Teams): void {
  useBeTheDraft.setState({ teams });
}

export function dismissBeTheDraftFailure(): void {
  useBeTheDraft.setState({ failure: null });
}

/** Nobody is waited for where nobody can answer. */
export function leaveBeTheDraft(): void {
  if (useWork.getState().current === 'be-the-draft') stopWork();
}

async function letPersonDraft(request: RunRequest, signal: AbortSignal): Promise<void> {
  const arriving = new FrameBuffer<RunEvent>((events) => useBeTheDraft.setState((state) => ({ events: [...state.events, ...events] })));
  const ask = ({ most }: { readonly most: number }) =>
    new Promise<string | null>((resolve) => {
      // All that came before the question is on the page with it.
      arriving.flush();
      answer = resolve;
      useBeTheDraft.setState(({ events }) => ({ phase: 'asking', most, typed: beginningOf(events) }));
    });
  const settings: RunSettings = { ...request.settings, drafting: 'person', gamma: 'auto' };
  try {
    await completeRun({ ...request, settings, ask }, signal, (event) => arriving.add(event));
  } finally {
    arriving.flush();
  }
}

function give(typed: string | null): void {
  if (!answer) return;
  const answered = answer;
  answer = null;
  useBeTheDraft.setState(({ typedDrafts, events }) => ({
    typedDrafts: { ...typedDrafts, [roundsOf(events)]: typed },
    phase: 'judging',
    typed: '',
    objection: null,
  }));
  answered(typed);
}

/** A space between two words, which a person may delete to finish the last word; none after a space. */
function beginningOf(events: readonly RunEvent[]): string {
  return /\S$/.test(textOf(events)) ? ' ' : '';
}

function textOf(events: readonly RunEvent[]): string {
  return committedTokens(events)
    .map(({ text }) => text)
    .join('');
}

function roundsOf(events: readonly RunEvent[]): number {
  return events.filter(({ type }) => type === 'round').length;
}
