import type { AlignedPair } from '../../core/run/alignment';
import type { RunToken } from '../../core/types';
import { proof as texts } from '../../ui/texts/proof';
import { visibleText } from '../../ui/visibleText';

const words = texts.ids;

interface AlignedTokensProps {
  readonly pairs: readonly AlignedPair[];
  /** The first position that differs, once it is known; what follows is not comparable. */
  readonly parted: number | null;
}

/** Two outputs as an interlinear text: above what speculation wrote, with its marks, below what the target wrote alone, and the ids. */
export function AlignedTokens({ pairs, parted }: AlignedTokensProps) {
  return (
    <div className="aligned">
      <p className="aligned-lanes" aria-hidden="true">
        <span>{words.lanes.speculative}</span>
        <span>{words.lanes.plain}</span>
      </p>
      <ol aria-label={words.aligned}>
        {pairs.map(({ speculative, plain, same }, i) => (
          // The outputs only grow.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={i} data-parted={parted === null || i < parted ? undefined : i === parted ? 'here' : 'behind'}>
            <Side token={speculative} marked />
            <Side token={plain} />
            <small>{same ? speculative?.id : `${speculative?.id ?? '–'} / ${plain?.id ?? '–'}`}</small>
            {i === parted && !same ? <span className="visually-hidden">{words.different}</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Side({ token, marked = false }: { readonly token: RunToken | null; readonly marked?: boolean }) {
  if (!token) return <span className="aligned-none">–</span>;
  const text = token.text === '' ? '∎' : visibleText(token.text.trim() || token.text);
  return (
    <span className={marked ? `token ${token.verdict}` : 'token'}>
      <span className="ink">{text}</span>
    </span>
  );
}
