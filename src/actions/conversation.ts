import { isAnswered } from '../core/modes/conversation';
import { askAgain, askNext, makeRoom, newConversation, useConversation } from '../store/modes/conversation';
import { tell } from '../store/page/notice';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

/** Turns of a person's own. */
const hasTurns = () => useConversation.getState().turns.length > 0 && useConversation.getState().example === null;

export const ask: Action = {
  id: 'conversation-ask',
  label: 'Ask',
  keys: ['Mod+Enter'],
  view: 'conversation',
  when: isIdle,
  whyNot: whyBusy,
  perform: askNext,
};

/** In place of the last turn. */
export const askLastAgain: Action = {
  id: 'conversation-again',
  label: 'Ask again',
  keys: [],
  view: 'conversation',
  when: () => isIdle() && hasTurns(),
  perform: askAgain,
};

/** Makes room in the context; a question that did not fit is asked again at once. */
export const leaveOut: Action = {
  id: 'conversation-leave-out',
  label: 'Leave out the oldest turns',
  keys: [],
  view: 'conversation',
  when: () => {
    const { turns, leftOut } = useConversation.getState();
    return isIdle() && hasTurns() && turns.slice(leftOut).some(isAnswered);
  },
  perform: async () => {
    tell('The models no longer see the oldest turns.', makeRoom());
    const last = useConversation.getState().turns.at(-1);
    if (last && !isAnswered(last)) await askAgain();
  },
};

export const clearConversation: Action = {
  id: 'conversation-clear',
  label: 'New conversation',
  keys: [],
  view: 'conversation',
  when: () => isIdle() && hasTurns(),
  perform: () => tell('The conversation was cleared.', newConversation()),
};
