import { create } from 'zustand';
import { draftsOf } from '../../core/run/moment';
import { nextStep, type Step, stepsOf } from '../../core/run/steps';
import type { RunEvent } from '../../core/types';
import { useRun } from '../run/run';

export interface StepperState {
  /** Position among the steps of the run on the page; it may be after the last while a run begins. */
  readonly at: number;
  /** Whether a person has moved it; until then it is where the run has its first draft to show. */
  readonly moved: boolean;
}

export const useStepper = create<StepperState>()(() => ({ at: 0, moved: false }));

let known: { readonly events: readonly RunEvent[]; readonly steps: readonly Step[] } = { events: [], steps: [] };

useRun.subscribe(({ events }, before) => {
  if (events === before.events) return;
  const moved = events[0] === before.events[0] && useStepper.getState().moved;
  if (!moved) useStepper.setState({ at: firstDrafted(events), moved });
});

/** The first step of the first round that drafted; of the run, where none did so far. */
function firstDrafted(events: readonly RunEvent[]): number {
  const round = events.filter((event) => event.type === 'round').findIndex((each) => draftsOf(each).length > 0);
  return round === -1
    ? 0
    : Math.max(
        0,
        currentSteps().findIndex((step) => step.round === round),
      );
}

/** The steps of the run on the page. */
export function currentSteps(): readonly Step[] {
  const { events } = useRun.getState();
  if (known.events !== events) known = { events, steps: stepsOf(events) };
  return known.steps;
}

export function stepBack(): void {
  moveTo(useStepper.getState().at - 1);
}

export function stepForward(): void {
  moveTo(useStepper.getState().at + 1);
}

/** To the next draft that is judged, or what the target puts in its place. */
export function stepToVerdict(): void {
  moveTo(nextStep(currentSteps(), useStepper.getState().at, ({ line }) => line === 'judge' || line === 'correct' || line === 'extra'));
}

/** To the first step of the next round. */
export function stepToRound(): void {
  moveTo(nextStep(currentSteps(), useStepper.getState().at, ({ round }, before) => round !== before?.round));
}

/** To the first step of this round, or of the one before it where this is that step. */
export function stepToRoundBefore(): void {
  const steps = currentSteps();
  const before = steps[useStepper.getState().at - 1];
  moveTo(before ? steps.findIndex(({ round }) => round === before.round) : 0);
}

/** To the next draft that is rejected. */
export function stepToRejection(): void {
  const rounds = useRun.getState().events.filter((event) => event.type === 'round');
  moveTo(
    nextStep(
      currentSteps(),
      useStepper.getState().at,
      ({ line, round, token }) => line === 'judge' && token !== null && rounds[round]?.tokens[token]?.verdict === 'rejected',
    ),
  );
}

export function stepToStart(): void {
  moveTo(0);
}

export function stepToEnd(): void {
  moveTo(currentSteps().length - 1);
}

function moveTo(at: number): void {
  useStepper.setState({ at: Math.max(0, Math.min(at, currentSteps().length - 1)), moved: true });
}
