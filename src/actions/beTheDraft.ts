import { passTurn, startBeTheDraft, submitTyped, useBeTheDraft } from '../store/modes/beTheDraft';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

const isAsked = () => useBeTheDraft.getState().phase === 'asking';

/** The draft model goes first, unseen; then the person drafts. */
export const play: Action = {
  id: 'be-the-draft-play',
  label: 'Play',
  keys: ['Mod+Enter'],
  view: 'be-the-draft',
  when: isIdle,
  whyNot: whyBusy,
  perform: startBeTheDraft,
};

/** Hands what is typed to the target. */
export const judgeTyped: Action = {
  id: 'be-the-draft-judgeTyped',
  label: 'Judge',
  keys: ['Mod+Enter'],
  view: 'be-the-draft',
  when: isAsked,
  perform: submitTyped,
};

/** Lets the target write the next token by itself. */
export const pass: Action = { id: 'be-the-draft-pass', label: 'Pass', keys: [], view: 'be-the-draft', when: isAsked, perform: passTurn };
