import { useWork } from '../store/engine/work';
import { passGuess, startGuessing, submitGuess, useGuessing } from '../store/modes/beTheDraft';
import type { Action } from './action';

const isAsked = () => useGuessing.getState().phase === 'asking';

/** The draft model goes first, unseen; then the person drafts. */
export const play: Action = {
  id: 'guess-play',
  label: 'Play',
  keys: ['Mod+Enter'],
  view: 'draft',
  when: () => useWork.getState().current === null,
  perform: startGuessing,
};

/** Hands what is typed to the target. */
export const judge: Action = { id: 'guess-judge', label: 'Judge', keys: ['Mod+Enter'], view: 'draft', when: isAsked, perform: submitGuess };

/** Lets the target write the next token by itself. */
export const pass: Action = { id: 'guess-pass', label: 'Pass', keys: [], view: 'draft', when: isAsked, perform: passGuess };
