import { type KeyboardEvent, useEffect, useRef } from 'react';
import { judge, pass } from '../../actions/beTheDraft';
import { stop } from '../../actions/stop';
import { isCut, lastAsked, scoreOf, teamToAsk, upToTokens } from '../../core/modes/beTheDraft';
import { draftsOf } from '../../core/run/moment';
import { COMMITTED_VERDICTS, type RoundEvent } from '../../core/types';
import { type GuessingState, type as setTyped, useGuessing } from '../../store/modes/beTheDraft';
import { ActionButton } from '../../ui/ActionButton';
import { guessing as words } from '../../ui/texts/beTheDraft';
import { TokenLog } from '../../ui/tokens';
import { visibleText } from '../../ui/visibleText';

/** The text so far in large type, what became of the last round in a sentence, and the box for what comes next. */
export function Stage() {
  const events = useGuessing((state) => state.events);
  const playing = useGuessing(({ phase }) => phase !== 'idle');
  const sentence = useGuessing(sentenceOf);
  return (
    <section className="guessing-stage" aria-label={words.stage}>
      <div className="guessing-text">
        <TokenLog label={words.text} events={events} writing={playing} />
      </div>
      <div className="guessing-bar">
        <p className="guessing-status" role="status">
          {sentence}
        </p>
        <ActionButton action={stop} look="small" showKeys />
      </div>
      <Guess />
    </section>
  );
}

/** It keeps the focus from round to round, and what could not be judged; while the target is at work it cannot be typed in. */
function Guess() {
  const typed = useGuessing((state) => state.typed);
  const asked = useGuessing(({ phase }) => phase === 'asking');
  const most = useGuessing((state) => state.most);
  const who = useGuessing(({ playing, events }) => (playing > 1 ? words.team(teamToAsk(events, playing) + 1) : null));
  const objection = useGuessing((state) => state.objection);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!asked || !box.current) return;
    box.current.focus();
    box.current.setSelectionRange(box.current.value.length, box.current.value.length);
  }, [asked]);
  const submit = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (judge.when()) void judge.perform();
  };
  return (
    <div className="guess">
      <label htmlFor="guess">{words.field(who)}</label>
      <textarea
        id="guess"
        ref={box}
        rows={1}
        value={typed}
        readOnly={!asked}
        dir="auto"
        aria-invalid={objection !== null}
        aria-describedby="guess-hint"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={submit}
      />
      <ActionButton action={judge} look="primary" />
      <ActionButton action={pass} />
      <p id="guess-hint" hidden={objection !== null}>
        {asked ? words.hint(most) : words.hintIdle}
      </p>
      {objection ? (
        <p role="alert" className="guess-objection">
          {objection.message} {objection.hint}
        </p>
      ) : null}
    </div>
  );
}

/** What became of the last round and who is at work or, at the end, the score; short, since it is read out. */
function sentenceOf(state: GuessingState): string {
  const { events, guesses, phase, model } = state;
  // The text on the page is still that of the game before.
  if (phase === 'model') return words.phases.model;
  const round = lastAsked(events);
  const said = round ? verdictOf(round, guesses[round.index] ?? null) : '';
  const end = events.at(-1);
  if (phase !== 'idle' || end?.type !== 'end') return [said, words.phases[phase]].filter(Boolean).join(' ');
  const mine = scoreOf(events);
  return [said, words.over[end.reason], words.result(mine, scoreOf(upToTokens(model, mine.committed)))].filter(Boolean).join(' ');
}

function verdictOf(round: RoundEvent, typed: string | null): string {
  const drafts = draftsOf(round);
  const accepted = drafts.filter(({ verdict }) => verdict === 'accepted').length;
  const own = round.tokens.findLast(({ verdict }) => COMMITTED_VERDICTS.has(verdict) && verdict !== 'accepted');
  const spelled = own ? `“${visibleText(own.text.trim() || own.text)}”` : '';
  if (typed !== null && drafts.length === 0) return words.unread(round.index, visibleText(typed.trim()), spelled);
  const sentence = words.verdict(round.index, accepted, drafts.length, spelled);
  return typed !== null && isCut(round, typed) ? `${sentence} ${words.cut(drafts.length)}` : sentence;
}
