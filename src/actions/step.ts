import {
  currentSteps,
  stepBack,
  stepForward,
  stepToEnd,
  stepToRejection,
  stepToRound,
  stepToRoundBefore,
  stepToStart,
  stepToVerdict,
  useStepper,
} from '../store/recordings/stepper';
import type { Action } from './action';

const isBehindFirst = () => useStepper.getState().at > 0;
const isBeforeLast = () => useStepper.getState().at < currentSteps().length - 1;

const whyNoStep = (last: string) => (currentSteps().length === 0 ? 'There is no run to step through.' : last);

const step = (id: string, label: string, key: string, when: () => boolean, perform: () => void): Action => ({
  ...{ id: `step-${id}`, label, keys: [key], view: 'step', when, perform },
  whyNot: () => whyNoStep(when === isBehindFirst ? 'This is the first step.' : 'This is the last step.'),
});

const back = step('back', 'Back', 'ArrowLeft', isBehindFirst, stepBack);
const forward = step('forward', 'Next', 'ArrowRight', isBeforeLast, stepForward);
const round = step('round', 'Next round', 'Shift+ArrowRight', isBeforeLast, stepToRound);
const rejection = step('rejection', 'Next rejection', 'Shift+ArrowUp', isBeforeLast, stepToRejection);

/** The ways through a run that is looked at step by step, those that have buttons first. */
export const STEP_BUTTONS: readonly Action[] = [back, forward, round, rejection];
export const STEP_KEYS: readonly Action[] = [
  step('verdict', 'Next verdict', 'Shift+ArrowDown', isBeforeLast, stepToVerdict),
  step('round-before', 'Round before', 'Shift+ArrowLeft', isBehindFirst, stepToRoundBefore),
  step('start', 'First step', 'Home', isBehindFirst, stepToStart),
  step('end', 'Last step', 'End', isBeforeLast, stepToEnd),
];
export const STEP_ACTIONS: readonly Action[] = [...STEP_BUTTONS, ...STEP_KEYS];
