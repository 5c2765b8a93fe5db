import type { Tally } from '../../core/run/tally';
import { formatCount } from '../../ui/format';
import { pastEnd, counts as words } from '../../ui/texts';

const PARTS = ['accepted', 'rejected', 'discarded'] as const;

/** drafted = accepted + rejected + discarded, as figures and as one bar of that length; what was drafted past the end stands apart. */
export function DraftedBar({ tally, seen }: { readonly tally: Tally; readonly seen: boolean }) {
  const figure = (count: number) => formatCount(seen ? count : null);
  return (
    <div className="drafted">
      <p className="drafted-total">
        {words.drafted} <b data-count="drafted">{figure(tally.drafted)}</b>
      </p>
      <div className="drafted-bar" aria-hidden="true">
        {PARTS.map((part) => (tally[part] > 0 ? <i key={part} className={part} style={{ flexGrow: tally[part] }} /> : null))}
      </div>
      <dl className="drafted-parts">
        {PARTS.map((part) => (
          <div key={part} className={part}>
            <dt>{words[part]}</dt>
            <dd data-count={part}>{figure(tally[part])}</dd>
          </div>
        ))}
      </dl>
      {tally.pastEnd > 0 ? (
        <p className="drafted-behind" data-count="pastEnd">
          {pastEnd.counted(tally.pastEnd)}
        </p>
      ) : null}
    </div>
  );
}
