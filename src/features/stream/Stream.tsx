import { useMemo, useRef } from 'react';
import { startOf } from '../../core/tally';
import type { RoundEvent, RunEvent } from '../../core/types';
import { usePlayback, useShownEvents } from '../../store/playback';
import { useRun } from '../../store/run';
import { output as words } from '../../ui/texts';
import { copyCommitted } from './copyCommitted';
import { moveThroughTokens } from './moveThroughTokens';
import { Rounds } from './Rounds';
import './stream.css';
import { TokenCard } from './TokenCard';
import { isWrittenInCode } from './typeface';
import { useFollowEnd } from './useFollowEnd';
import { useTokenCard } from './useTokenCard';

const HINT = 'output-hint';

/** The text of the run, every token with its verdict. Not a live region: the run's status is announced, tokens are not. */
export function Stream() {
  const events = useShownEvents();
  const live = useRun((state) => state.activity !== 'idle');
  const playing = usePlayback((state) => state.playing);
  const rounds = useMemo(() => events.filter(isRound), [events]);
  const start = startOf(events);
  const end = events.at(-1);
  const writing = (live || playing) && rounds.length > 0 && end?.type !== 'end';
  const log = useRef<HTMLDivElement>(null);
  const endMark = useFollowEnd(start, rounds.length);
  const card = useTokenCard(log);
  const code = start !== null && isWrittenInCode(start.prompt);
  const rule = start && start.settings.sampling.temperature > 0 ? start.settings.sampling.rule : null;
  return (
    <div className="stream">
      <div
        ref={log}
        className="log"
        role="log"
        aria-label={words.log}
        aria-live="off"
        aria-describedby={HINT}
        data-typeface={code ? 'code' : 'prose'}
        data-mode={start?.settings.mode}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard's way to the tokens
        tabIndex={0}
        onCopy={copyCommitted}
        onKeyDown={moveThroughTokens}
        {...card.handlers}
      >
        <Rounds rounds={rounds} stopped={end?.type === 'end' && end.reason === 'stop'} />
        {writing ? <span className="writing" /> : null}
        <span ref={endMark} className="end-mark" />
      </div>
      <p className="visually-hidden" id={HINT}>
        {words.inspect}
      </p>
      {card.shown ? <TokenCard {...card.shown} rounds={rounds} rule={rule} onEnter={card.stay} onLeave={card.leave} /> : null}
    </div>
  );
}

function isRound(event: RunEvent): event is RoundEvent {
  return event.type === 'round';
}
