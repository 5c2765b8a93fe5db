import { Hidden } from './Hidden';
import { textParts } from './hiddenCharacters';

/** A text from anywhere: its direction ends where it ends, and what cannot be seen in it has a sign. */
export function PlainText({ text }: { readonly text: string }) {
  return (
    <bdi>
      {textParts(text).map(({ text: part, sign }, i) =>
        // The parts of a text never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        sign === null ? part : <Hidden key={i} sign={sign} text={part} />,
      )}
    </bdi>
  );
}
