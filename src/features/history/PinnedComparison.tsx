import { useMemo } from 'react';
import { unpin } from '../../actions/history';
import { committedTokens, startOf, tally } from '../../core/run/tally';
import type { RunEvent, RunToken } from '../../core/types';
import { useHistory } from '../../store/recordings/history';
import { useRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { formatCount, formatRate, formatRatio, formatSeconds, formatShare } from '../../ui/format';
import { PlainText } from '../../ui/PlainText';
import { historyWords as words } from '../../ui/texts/history';
import { Changes } from './Changes';
import './comparison.css';

/** The pinned run beside the one on the page: what was asked differently, both texts, both counts. */
export function PinnedComparison() {
  const pinned = useHistory((state) => state.pinned);
  const events = useRun((state) => state.events);
  if (!pinned) return null;
  const other = events !== pinned && events.length > 0 ? events : null;
  return (
    <section className="pinned" aria-label={words.comparison}>
      <div className="pinned-head">
        <h2>{words.comparison}</h2>
        <ActionButton action={unpin} look="small" />
      </div>
      {other ? <Beside pinned={pinned} other={other} /> : <Alone pinned={pinned} onPage={events === pinned} />}
    </section>
  );
}

function Alone({ pinned, onPage }: { readonly pinned: readonly RunEvent[]; readonly onPage: boolean }) {
  return (
    <>
      <p className="pinned-hint">
        {onPage ? words.sameRun : words.pinnedAlone} {words.toSettings}
      </p>
      <Text name={words.pinned} tokens={committedTokens(pinned)} alike={Number.POSITIVE_INFINITY} />
    </>
  );
}

function Beside({ pinned, other }: { readonly pinned: readonly RunEvent[]; readonly other: readonly RunEvent[] }) {
  const [before, after] = [startOf(pinned), startOf(other)];
  const texts = useMemo(() => [committedTokens(pinned), committedTokens(other)] as const, [pinned, other]);
  const alike = alikeTokens(...texts);
  const whole = alike === texts[0].length && alike === texts[1].length;
  return (
    <>
      {before && after ? <Changes before={before} after={after} /> : null}
      <Figures pinned={pinned} other={other} />
      <p className="pinned-alike">{alike === 0 ? words.noneAlike : words.alike(alike, whole)}</p>
      <div className="pinned-texts">
        <Text name={words.pinned} tokens={texts[0]} alike={alike} />
        <Text name={words.shown} tokens={texts[1]} alike={alike} />
      </div>
    </>
  );
}

const ROWS = [
  ['waitTokensPerSecond', formatRate],
  ['tokensPerSecond', formatRate],
  ['acceptanceRate', formatShare],
  ['acceptedOverDrafted', formatShare],
  ['meanAcceptanceLength', formatRatio],
  ['committed', formatCount],
  ['rounds', formatCount],
  ['timeToFirstTokenMs', formatTime],
  ['decodeMs', formatTime],
  ['waitMs', formatTime],
] as const;

function formatTime(milliseconds: number | null): string {
  return milliseconds === null ? formatCount(null) : formatSeconds(milliseconds);
}

function Figures({ pinned, other }: { readonly pinned: readonly RunEvent[]; readonly other: readonly RunEvent[] }) {
  const [a, b] = useMemo(() => [tally(pinned), tally(other)] as const, [pinned, other]);
  return (
    <table className="pinned-figures">
      <caption className="visually-hidden">{words.figures}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{words.pinned}</th>
          <th scope="col">{words.shown}</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([row, format]) => (
          <tr key={row}>
            <th scope="row">{words.rows[row]}</th>
            <td>{format(a[row])}</td>
            <td>{format(b[row])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface TextProps {
  readonly name: string;
  readonly tokens: readonly RunToken[];
  /** How many tokens the other text begins with too. */
  readonly alike: number;
}

function Text({ name, tokens, alike }: TextProps) {
  const join = (list: readonly RunToken[]) => list.map(({ text }) => text).join('');
  const [same, different] = [join(tokens.slice(0, alike)), join(tokens.slice(alike))];
  return (
    <article className="pinned-text" aria-label={name}>
      <h3>{name}</h3>
      <p>
        <PlainText text={same} />
        {different === '' ? null : (
          <mark>
            <PlainText text={different} />
          </mark>
        )}
        {tokens.length === 0 ? words.noText : null}
      </p>
    </article>
  );
}

function alikeTokens(a: readonly RunToken[], b: readonly RunToken[]): number {
  const first = a.findIndex(({ id }, i) => id !== b[i]?.id);
  return first === -1 ? a.length : first;
}
