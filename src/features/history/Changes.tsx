import { changesBetween } from '../../core/settingsChange';
import type { StartEvent } from '../../core/types';
import { PlainText } from '../../ui/PlainText';
import { historyWords as words } from '../../ui/texts/history';

/** What the second run was asked differently. */
export function Changes({ before, after }: { readonly before: StartEvent; readonly after: StartEvent }) {
  const changes = changesBetween(before, after);
  return (
    <div className="changes">
      <h3>{words.changes}</h3>
      {changes.length === 0 ? <p>{words.noChange}</p> : null}
      <dl>
        {changes.map(({ field, before: from, after: to }) => (
          <div key={field}>
            <dt>{words.field(field)}</dt>
            <dd>
              <span className="visually-hidden">{words.from} </span>
              <del>
                <PlainText text={shortened(from)} />
              </del>
              <span className="visually-hidden"> {words.to} </span>{' '}
              <ins>
                <PlainText text={shortened(to)} />
              </ins>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const SHOWN = 400;

function shortened(text: string): string {
  // Not cut inside a character.
  const shown = Array.from(text.slice(0, 2 * SHOWN))
    .slice(0, SHOWN)
    .join('');
  return shown === text ? text : `${shown} …`;
}
