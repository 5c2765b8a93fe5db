import { create } from 'zustand';

/** One thing that was done and is told of, until another is or it is put away. */
export interface NoticeState {
  readonly text: string;
  /** Takes back what was done; null where there is nothing to take back. */
  readonly undo: (() => void | Promise<void>) | null;
}

const NOTHING: NoticeState = { text: '', undo: null };

export const useNotice = create<NoticeState>()(() => NOTHING);

/** Tells of something that was done. What could be undone before can be no more. */
export function tell(text: string, undo: NoticeState['undo'] = null): void {
  useNotice.setState({ text, undo });
}

/** Takes back what was told of last. */
export async function undoLast(): Promise<void> {
  const { undo } = useNotice.getState();
  useNotice.setState(NOTHING);
  await undo?.();
}

export function putNoticeAway(): void {
  useNotice.setState(NOTHING);
}
