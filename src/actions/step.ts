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
} from '../store/stepper';
import type { Action } from './action';

const isBehindFirst = () => useStepper.getState().at > 0;
const isBeforeLast = () => useStepper.getState().at < currentSteps().length - 1;

/** The ways through a run that is looked at step by step. */
export const STEP_ACTIONS: readonly Action[] = [
  { id: 'step-back', label: 'Back', keys: ['ArrowLeft'], view: 'step', when: isBehindFirst, perform: stepBack },
  { id: 'step-forward', label: 'Next', keys: ['ArrowRight'], view: 'step', when: isBeforeLast, perform: stepForward },
  { id: 'step-verdict', label: 'Next verdict', keys: ['Shift+ArrowDown'], view: 'step', when: isBeforeLast, perform: stepToVerdict },
  {
    id: 'step-round-before',
    label: 'Round before',
    keys: ['Shift+ArrowLeft'],
    view: 'step',
    when: isBehindFirst,
    perform: stepToRoundBefore,
  },
  { id: 'step-round', label: 'Next round', keys: ['Shift+ArrowRight'], view: 'step', when: isBeforeLast, perform: stepToRound },
  { id: 'step-rejection', label: 'Next rejection', keys: ['Shift+ArrowUp'], view: 'step', when: isBeforeLast, perform: stepToRejection },
  { id: 'step-start', label: 'First step', keys: ['Home'], view: 'step', when: isBehindFirst, perform: stepToStart },
  { id: 'step-end', label: 'Last step', keys: ['End'], view: 'step', when: isBeforeLast, perform: stepToEnd },
];
