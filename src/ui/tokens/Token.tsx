import { COMMITTED_VERDICTS, type RunToken } from '../../core/types';
import { Hidden } from '../Hidden';
import { tokenPieces } from './tokenPieces';

interface TokenProps {
  readonly token: RunToken;
  /** Its place in the run: "round.token", both from 0. */
  readonly at: string;
  /** Whether this is the token that ended the answer. */
  readonly isStop: boolean;
}

/**
 * One token with the marks of its verdict. The text content of a committed token is exactly the text that it adds: every mark,
 * the sign of a line break included, is drawn by the style sheet.
 */
export function Token({ token, at, isStop }: TokenProps) {
  const struck = !COMMITTED_VERDICTS.has(token.verdict);
  const Element = struck ? 'del' : 'span';
  return (
    <Element
      className={`token ${token.verdict}`}
      data-verdict={token.verdict}
      data-token-id={token.id}
      data-at={at}
      data-empty={token.text === '' ? (isStop ? 'stop' : 'part') : undefined}
      tabIndex={-1}
    >
      {tokenPieces(token.text).map((piece, i) =>
        piece.kind === 'space' ? (
          piece.text
        ) : piece.kind === 'hidden' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token's pieces never change
          <Hidden key={i} sign={piece.sign ?? ''} text={piece.text} />
        ) : (
          // A token's pieces never change.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <span className={piece.kind} key={i}>
            {struck && (piece.kind === 'newline' || piece.kind === 'end') ? null : piece.text}
          </span>
        ),
      )}
    </Element>
  );
}
