import type { ReactNode } from 'react';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'normal' | 'small' | 'primary' | 'quiet' | 'danger';
  readonly disabled?: boolean;
  readonly keyShortcuts?: string | undefined;
  /** Of a button that opens something in place: whether it is open. */
  readonly expanded?: boolean | undefined;
  /** What it does, where its content does not say so. */
  readonly name?: string | undefined;
}

/** A button that keeps the focus while it can do nothing, so that a person at the keyboard is not thrown to the top of the page. */
export function Button({ children, onPress, look = 'normal', disabled = false, keyShortcuts, expanded, name }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${look}`}
      aria-disabled={disabled}
      aria-keyshortcuts={keyShortcuts}
      aria-expanded={expanded}
      aria-label={name}
      title={name}
      onClick={disabled ? undefined : onPress}
    >
      {children}
    </button>
  );
}
