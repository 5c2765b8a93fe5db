import { create } from 'zustand';

/** The last action that the page reports, until the next one or until dismissed. */
export interface NoticeState {
  readonly text: string;
  /** Takes back what was done; null if there is nothing to take back. */
  readonly undo: (() => void | Promise<void>) | null;
}

const NOTHING: NoticeState = { text: '', undo: null };

export const useNotice = create<NoticeState>()(() => NOTHING);

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
