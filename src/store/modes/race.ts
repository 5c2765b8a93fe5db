import { create } from 'zustand';
import { type Failure, toFailure } from '../../core/failure';
import { type Heat, heatMs, type Lane, medianHeat } from '../../core/modes/race';
import { knownAt } from '../../core/run/moment';
import { checkRun } from '../../core/settings';
import type { RunEvent } from '../../core/types';
import type { TraceAbout } from '../../formats/trace/trace';
import { occupy } from '../engine/work';
import { createPlayer } from '../recordings/player';
import { FrameBuffer } from '../run/frameBuffer';
import { completeRun, type RunRequest } from '../run/request';
import { useRun } from '../run/run';
import { runSettings, useSettings } from '../run/settings';

export const REPETITIONS = [1, 3, 5] as const;
export type Repetitions = (typeof REPETITIONS)[number];

/** Tokens of each way of decoding that are not measured, ahead of a race: what a device makes ready for its first run is made ready for both. */
export const WARM_UP_TOKENS = 8;

export interface RaceState {
  readonly repetitions: Repetitions;
  /** `running`: which run is being measured; null while both warm up, and when nothing is measured. */
  readonly activity: 'idle' | 'warming' | 'measuring';
  readonly running: Lane | null;
  /** What was measured, or shown from elsewhere; it stays until the next race has its first event. */
  readonly heats: readonly Heat[];
  /** Which of them is replayed. */
  readonly shown: number;
  /** Whether the heats are runs that were recorded rather than raced. */
  readonly recorded: boolean;
  /** What is known of the recordings that stand there before any race was run here; null for any other. */
  readonly example: TraceAbout | null;
  readonly failure: Failure | null;
  /** Races so far; the run that goes first changes with each. */
  readonly races: number;
}

export const useRace = create<RaceState>()(() => ({
  ...{ repetitions: 1, activity: 'idle', running: null, heats: [], shown: 0, recorded: false, example: null, failure: null, races: 0 },
}));

const NO_HEAT: Heat = { runs: { plain: [], speculative: [] }, first: null };

/** The heat that is replayed; an empty one without a race. */
export function shownHeat({ heats, shown }: RaceState): Heat {
  return heats[shown] ?? NO_HEAT;
}

/** Both runs of the shown heat on one clock, from the same start. */
export const racePlayer = createPlayer({
  firstMs: () => 0,
  lastMs: () => heatMs(shownHeat(useRace.getState())),
  isEnded: () => useRace.getState().activity === 'idle',
});

/**
 * Measures plain decoding and speculation of the prompt, one after the other, as often as was chosen, and then replays both together. A stop
 * keeps what was measured; failures land in the state.
 */
export async function startRace(): Promise<void> {
  const chosen = useSettings.getState();
  const request = { prompt: chosen.prompt, settings: runSettings(chosen), draft: chosen.draft };
  await occupy('race', async (signal) => {
    useRace.setState({ failure: null });
    try {
      for (const mode of ['plain', 'speculative'] as const) checkRun({ ...request, settings: { ...request.settings, mode } });
      useRace.setState({ activity: 'warming' });
      if (await warmUp(request, signal)) await measure(request, signal);
    } catch (thrown) {
      useRace.setState({ failure: toFailure(thrown) });
    }
    const measured = useRace.getState().activity === 'measuring';
    useRace.setState({ activity: 'idle', running: null });
    if (!measured) return;
    useRace.setState(({ heats }) => ({ shown: medianHeat(heats) }));
    replay();
  });
}

/**
 * Replays two recorded runs together, of the same prompt or not; not while a race is measured.
 *
 * @param example what is known of them, where they are shown before any race was run here: slowly, since nobody has chosen a pace
 */
export function showRace(heat: Heat, example: TraceAbout | null = null): void {
  if (useRace.getState().activity !== 'idle') return;
  forgetExample();
  useRace.setState({ heats: [heat], shown: 0, recorded: true, example, failure: null });
  if (example) racePlayer.setPace(EXAMPLE_PACE);
  replay();
}

const EXAMPLE_PACE = 0.1;

/** The pace of the example goes with it, unless it is another by now. */
function forgetExample(): void {
  if (useRace.getState().example && racePlayer.use.getState().pace === EXAMPLE_PACE) racePlayer.use.setState({ pace: 1 });
}

/** The last run of each mode on the page, as a race; nothing where one is missing. */
export function raceLastRuns(): void {
  const { speculative, plain } = useRun.getState().last;
  if (speculative && plain) showRace({ runs: { speculative, plain }, first: null });
}

export function showHeat(shown: number): void {
  useRace.setState({ shown });
  replay();
}

export function chooseRepetitions(repetitions: Repetitions): void {
  useRace.setState({ repetitions });
}

export function dismissRaceFailure(): void {
  useRace.setState({ failure: null });
}

/** To the moment of the next pass of either run, or (-1) of the one before. */
export function moveByPass(direction: 1 | -1): void {
  const heat = shownHeat(useRace.getState());
  const atMs = racePlayer.use.getState().atMs ?? heatMs(heat);
  const moments = Object.values(heat.runs)
    .flatMap((events) => events.filter(({ type }) => type === 'round').map(knownAt))
    .sort((a, b) => a - b);
  racePlayer.pause();
  // A moment that was sought is held as it is, so that comparing it is exact.
  const next = direction === 1 ? moments.find((moment) => moment > atMs) : moments.findLast((moment) => moment < atMs);
  racePlayer.seek(next ?? (direction === 1 ? heatMs(heat) : 0));
}

/** From the start; where a person wants no motion, the end is shown and playing is theirs to start. */
function replay(): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) racePlayer.use.setState({ playing: false, atMs: null });
  else racePlayer.playFromStart();
}

/** @returns false if it was stopped */
async function warmUp(request: RunRequest, signal: AbortSignal): Promise<boolean> {
  const maxTokens = Math.min(WARM_UP_TOKENS, request.settings.maxTokens);
  for (const mode of ['plain', 'speculative'] as const) {
    if (!(await completeRun({ ...request, settings: { ...request.settings, mode, maxTokens } }, signal))) return false;
  }
  return true;
}

async function measure(request: RunRequest, signal: AbortSignal): Promise<void> {
  const { repetitions, races } = useRace.getState();
  forgetExample();
  useRace.setState({ activity: 'measuring', heats: [], shown: 0, recorded: false, example: null, races: races + 1 });
  racePlayer.use.setState({ playing: false, atMs: null });
  for (let heat = 0; heat < repetitions; heat++) {
    const order: readonly [Lane, Lane] = (races + heat) % 2 === 0 ? ['plain', 'speculative'] : ['speculative', 'plain'];
    useRace.setState(({ heats }) => ({ heats: [...heats, { ...NO_HEAT, first: order[0] }], shown: heat }));
    for (const lane of order) {
      useRace.setState({ running: lane });
      const arriving = new FrameBuffer<RunEvent>((events) => append(lane, events));
      try {
        const settings = { ...request.settings, mode: lane };
        if (!(await completeRun({ ...request, settings }, signal, (event) => arriving.add(event)))) return;
      } finally {
        arriving.flush();
      }
    }
  }
}

/** Adds to a run of the heat that is being measured, which is the last. */
function append(lane: Lane, events: readonly RunEvent[]): void {
  useRace.setState(({ heats }) => {
    const heat = heats.at(-1) ?? NO_HEAT;
    const grown: Heat = { ...heat, runs: { ...heat.runs, [lane]: [...heat.runs[lane], ...events] } };
    return { heats: [...heats.slice(0, -1), grown] };
  });
}
