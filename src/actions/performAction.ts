import { toFailure } from '../core/failure';
import { tell } from '../store/page/notice';
import type { Action } from './action';

/** Does `action`; why it could not be done is told. */
export async function performAction(action: Action): Promise<void> {
  try {
    await action.perform();
  } catch (thrown) {
    const { message, hint } = toFailure(thrown);
    tell(`${message} ${hint}`);
  }
}
