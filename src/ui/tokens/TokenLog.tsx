import { type ReactNode, useId, useMemo, useRef } from 'react';
import { startOf } from '../../core/run/tally';
import type { RoundEvent, RunEvent } from '../../core/types';
import { output as words } from '../texts';
import { copyCommitted } from './copyCommitted';
import { moveThroughTokens } from './moveThroughTokens';
import { Rounds } from './Rounds';
import { TokenCard } from './TokenCard';
import './tokens.css';
import { isWrittenInCode } from './typeface';
import { useTokenCard } from './useTokenCard';

interface TokenLogProps {
  /** What a screen reader calls it. */
  readonly label: string;
  /** Of one run, as far as it is shown. */
  readonly events: readonly RunEvent[];
  /** Whether more is to come. */
  readonly writing: boolean;
  /** Behind the text, in its line. */
  readonly children?: ReactNode;
}

/** The text of a run, every token with its verdict, its card, and the arrow keys. Not a live region: a run's status is announced, tokens are not. */
export function TokenLog({ label, events, writing, children }: TokenLogProps) {
  const hint = useId();
  const rounds = useMemo(() => events.filter(isRound), [events]);
  const start = startOf(events);
  const end = events.at(-1);
  const log = useRef<HTMLDivElement>(null);
  const card = useTokenCard(log);
  const code = start !== null && isWrittenInCode(start.prompt);
  const rule = start && start.settings.sampling.temperature > 0 ? start.settings.sampling.rule : null;
  return (
    <div className="token-log">
      <div
        ref={log}
        className="log"
        role="log"
        aria-label={label}
        aria-live="off"
        aria-describedby={hint}
        data-typeface={code ? 'code' : 'prose'}
        data-mode={start?.settings.mode}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard's way to the tokens
        tabIndex={0}
        onCopy={copyCommitted}
        onKeyDown={moveThroughTokens}
        {...card.handlers}
      >
        <Rounds rounds={rounds} stopped={end?.type === 'end' && end.reason === 'stop'} />
        {writing && rounds.length > 0 && end?.type !== 'end' ? <span className="writing" key={rounds.length} /> : null}
        {children}
      </div>
      <p className="visually-hidden" id={hint}>
        {words.inspect}
      </p>
      {card.shown ? <TokenCard {...card.shown} rounds={rounds} rule={rule} onEnter={card.stay} onLeave={card.leave} /> : null}
    </div>
  );
}

function isRound(event: RunEvent): event is RoundEvent {
  return event.type === 'round';
}
