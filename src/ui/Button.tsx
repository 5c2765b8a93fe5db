import type { ReactNode } from 'react';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'normal' | 'small' | 'primary' | 'quiet';
  readonly disabled?: boolean;
  readonly keyShortcuts?: string | undefined;
}

/** A button that keeps the focus while it can do nothing, so that a person at the keyboard is not thrown to the top of the page. */
export function Button({ children, onPress, look = 'normal', disabled = false, keyShortcuts }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${look}`}
      aria-disabled={disabled}
      aria-keyshortcuts={keyShortcuts}
      onClick={disabled ? undefined : onPress}
    >
      {children}
    </button>
  );
}
