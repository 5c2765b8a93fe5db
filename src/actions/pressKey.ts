import { sayWhyNot } from '../store/page/notice';
import type { Action } from './action';
import { performAction } from './performAction';
import { actionFor, whyNot } from './registry';

/** Does what the key asks of `actions`, or says why it does nothing now. @returns whether it was one of theirs */
export function pressKey(event: KeyboardEvent, actions: readonly Action[]): boolean {
  const action = actionFor(event, actions);
  const why = action ? '' : whyNot(event, actions);
  const isAsked = action !== undefined || why !== '';
  if (isAsked) sayWhyNot(why);
  if (action) void performAction(action);
  return isAsked;
}
