/** Something that a person can do; buttons and shortcuts both come from it. */
export interface Action {
  readonly id: string;
  readonly label: string;
  /** As `aria-keyshortcuts` writes them, with `Mod` for Control or, on Apple's systems, Command. */
  readonly keys: readonly string[];
  /** The view that its keys belong to; everywhere without one. */
  readonly view?: string;
  /** Whether it can be done now. */
  readonly when: () => boolean;
  /** Why its key does nothing now, if the user should read that; '' if the key belongs to something else. */
  readonly whyNot?: () => string;
  readonly perform: () => void | Promise<void>;
}
