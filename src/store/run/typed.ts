import { create } from 'zustand';
import type { SettingName } from './chosenSetting';

interface Typed {
  /** Settings whose fields hold what is no value of theirs, so that the last value stays. */
  readonly wrong: readonly SettingName[];
  /** How often the fields were emptied of that. */
  readonly cleared: number;
}

export const useTyped = create<Typed>()(() => ({ wrong: [], cleared: 0 }));

/** The field of `name` holds no value of it. @returns what to call once it does again, or is gone */
export function noteWrong(name: SettingName): () => void {
  useTyped.setState(({ wrong }) => ({ wrong: [...wrong, name] }));
  return () => useTyped.setState(({ wrong }) => ({ wrong: wrong.filter((each) => each !== name) }));
}

/** Every field shows its setting again. */
export function clearTyped(): void {
  useTyped.setState(({ cleared }) => ({ cleared: cleared + 1 }));
}
