interface HiddenProps {
  /** Such as "U+202E". */
  readonly sign: string;
  readonly text: string;
}

/** A character that cannot be seen: there, so that it is copied, but without effect on what is around it, and with a sign in its place. */
export function Hidden({ sign, text }: HiddenProps) {
  return (
    <span className="hidden-character" data-sign={sign}>
      {text}
    </span>
  );
}
