import { useRef } from 'react';
import { deleteTelling } from '../../actions/history';
import { toFailure } from '../../core/failure';
import { useWork } from '../../store/engine/work';
import { tell } from '../../store/page/notice';
import type { HistoryEntry } from '../../store/recordings/archive';
import { openRun, pinRun } from '../../store/recordings/history';
import { Button } from '../../ui/Button';
import { formatCount, formatMoment, formatRate, formatShare } from '../../ui/format';
import { PlainText } from '../../ui/PlainText';
import { historyWords as words } from '../../ui/texts/history';

interface HistoryRowProps {
  readonly entry: HistoryEntry;
  /** Whether it is there until the page is closed only. */
  readonly unkept: boolean;
  readonly shown: boolean;
}

/** One run of the history: what was asked, how it went, and what can be done with it. */
export function HistoryRow({ entry: { id, at, pinned, summary }, unkept, shown }: HistoryRowProps) {
  const free = useWork(({ current }) => current === null);
  const item = useRef<HTMLLIElement>(null);
  const of = <span className="visually-hidden">{words.of(summary.prompt)}</span>;
  const open = async () => {
    await openRun(id);
    location.hash = 'watch';
  };
  const remove = async () => {
    const next = neighbour(item.current);
    await deleteTelling([id]);
    next?.focus();
  };
  return (
    <li className="history-entry" ref={item} aria-current={shown || undefined}>
      <time dateTime={new Date(at).toISOString()}>{formatMoment(at)}</time>
      <div className="history-what">
        <p className="history-prompt">
          <PlainText text={summary.prompt} />
        </p>
        <p className="history-how">
          {words.how(summary)}
          {words.ends[summary.reason] === '' ? null : <b> · {words.ends[summary.reason]}</b>}
          {unkept ? <b> · {words.visitOnly}</b> : null}
        </p>
      </div>
      <p className="history-figure">
        <b>{formatShare(summary.acceptanceRate)}</b> {words.accepted}
      </p>
      <p className="history-figure">
        <b>{formatRate(summary.tokensPerSecond)}</b> {words.tokensPerSecond}
      </p>
      <p className="history-figure">
        <b>{formatCount(summary.committed)}</b> {words.tokens}
      </p>
      <div className="history-buttons">
        <Button look="quiet" disabled={!free} onPress={() => attempt(open)}>
          {words.open}
          {of}
        </Button>
        <Button look="quiet" onPress={() => attempt(() => pinRun(pinned ? null : id))}>
          {pinned ? words.unpin : words.pin}
          {of}
        </Button>
        <Button look="quiet" onPress={() => attempt(remove)}>
          {words.remove}
          {of}
        </Button>
      </div>
    </li>
  );
}

/** Does it; why it could not be done is told. */
function attempt(work: () => Promise<void>): void {
  work().catch((thrown: unknown) => {
    const { message, hint } = toFailure(thrown);
    tell(`${message} ${hint}`);
  });
}

/** Where the focus goes after `item` is deleted: the same button of the run after or before it, or the list. */
function neighbour(item: HTMLElement | null): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>('.history-entry')];
  const at = item ? all.indexOf(item) : -1;
  const next = all[at + 1] ?? all[at - 1];
  return next?.querySelector<HTMLElement>('button:last-child') ?? document.querySelector<HTMLElement>('.history');
}
