import { create } from 'zustand';

/** The last action that the page reports, until the next one or until dismissed. */
export interface NoticeState {
  readonly text: string;
  /** Takes back what was done; null if there is nothing to take back. */
  readonly undo: (() => void | Promise<void>) | null;
}

const NOTHING: NoticeState = { text: '', undo: null };

export const useNotice = create<NoticeState>()(() => NOTHING);

const WORD_MS = 4000;
let wordTimer: ReturnType<typeof setTimeout> | undefined;

/** Why the key that was pressed last did nothing; '' again a little later. What can be undone stays. */
export const useWhyNot = create<{ readonly word: string }>()(() => ({ word: '' }));

/** Says `word` for a while. */
export function sayWhyNot(word: string): void {
  clearTimeout(wordTimer);
  useWhyNot.setState({ word });
  if (word !== '') wordTimer = setTimeout(() => sayWhyNot(''), WORD_MS);
}

/** Reports an action. Earlier actions can no longer be undone. */
export function tell(text: string, undo: NoticeState['undo'] = null): void {
  useNotice.setState({ text, undo });
}

/** Undoes the reported action. */
export async function undoLast(): Promise<void> {
  const { undo } = useNotice.getState();
  useNotice.setState(NOTHING);
  await undo?.();
}

export function putNoticeAway(): void {
  useNotice.setState(NOTHING);
}
