import { sayToRoom } from '../store/present/presenter';
import type { Action } from './action';
import { performAction } from './performAction';
import { actionFor, whyNot } from './registry';

/** Does what the key asks of `actions`, or says on the stage why it does nothing now. @returns whether it was one of theirs */
export function pressKey(event: KeyboardEvent, actions: readonly Action[]): boolean {
  const action = actionFor(event, actions);
  if (action) void performAction(action);
  const why = action ? '' : whyNot(event, actions);
  if (why !== '') sayToRoom(why);
  return action !== undefined || why !== '';
}
