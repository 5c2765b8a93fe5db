import { isAnswered } from '../core/modes/conversation';
import { useWork } from '../store/engine/work';
import { askAgain, askNext, makeRoom, startAnew, useConversation } from '../store/modes/conversation';
import { tell } from '../store/page/notice';
import type { Action } from './action';

const isIdle = () => useWork.getState().current === null;
/** Turns of a person's own. */
const hasTurns = () => useConversation.getState().turns.length > 0 && useConversation.getState().example === null;

export const ask: Action = { id: 'converse-ask', label: 'Ask', keys: ['Mod+Enter'], view: 'converse', when: isIdle, perform: askNext };

/** In place of the last turn. */
export const askLastAgain: Action = {
  id: 'converse-again',
  label: 'Ask again',
  keys: [],
  view: 'converse',
  when: () => isIdle() && hasTurns(),
  perform: askAgain,
};

/** Makes room in the context; a question that did not fit is asked again at once. */
export const leaveOut: Action = {
  id: 'converse-leave-out',
  label: 'Leave out the oldest turns',
  keys: [],
  view: 'converse',
  when: () => {
    const { turns, leftOut } = useConversation.getState();
    return isIdle() && hasTurns() && turns.slice(leftOut).some(isAnswered);
  },
  perform: async () => {
    tell('The oldest turns were left out of what the models are told.', makeRoom());
    const last = useConversation.getState().turns.at(-1);
    if (last && !isAnswered(last)) await askAgain();
  },
};

export const clearConversation: Action = {
  id: 'converse-clear',
  label: 'New conversation',
  keys: [],
  view: 'converse',
  when: () => isIdle() && hasTurns(),
  perform: () => tell('The conversation was cleared.', startAnew()),
};
