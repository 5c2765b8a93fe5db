import { type KeyboardEvent, useEffect, useRef } from 'react';
import { judgeTyped, pass } from '../../actions/beTheDraft';
import { isCut, lastAsked, scoreOf, teamToAsk, upToTokens } from '../../core/modes/beTheDraft';
import { draftsOf } from '../../core/run/moment';
import { COMMITTED_VERDICTS, type RoundEvent } from '../../core/types';
import { type BeTheDraftState, type as setTyped, useBeTheDraft } from '../../store/modes/beTheDraft';
import { ActionButton } from '../../ui/ActionButton';
import { StopButton } from '../../ui/StopButton';
import { beTheDraft as words } from '../../ui/texts/beTheDraft';
import { TokenLog } from '../../ui/tokens';
import { visibleText } from '../../ui/visibleText';

/** The text so far in large type, what became of the last round in a sentence, and the box for what comes next. */
export function Board() {
  const events = useBeTheDraft((state) => state.events);
  const playing = useBeTheDraft(({ phase }) => phase !== 'idle');
  const sentence = useBeTheDraft(sentenceOf);
  return (
    <section className="board" aria-label={words.board}>
      <div className="board-text">
        <TokenLog label={words.text} events={events} writing={playing} />
      </div>
      <div className="board-bar">
        <p className="board-status" role="status">
          {sentence}
        </p>
        <StopButton look="small" showKeys />
      </div>
      <TypedDraft />
    </section>
  );
}

/** It keeps the focus from round to round, and what could not be judged; while the target is at work it cannot be typed in. */
function TypedDraft() {
  const typed = useBeTheDraft((state) => state.typed);
  const asked = useBeTheDraft(({ phase }) => phase === 'asking');
  const most = useBeTheDraft((state) => state.most);
  const who = useBeTheDraft(({ playing, events }) => (playing > 1 ? words.team(teamToAsk(events, playing) + 1) : null));
  const objection = useBeTheDraft((state) => state.objection);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!asked || !box.current) return;
    box.current.focus();
    box.current.setSelectionRange(box.current.value.length, box.current.value.length);
  }, [asked]);
  const submit = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (judgeTyped.when()) void judgeTyped.perform();
  };
  return (
    <div className="typed">
      <label htmlFor="typed">{words.field(who)}</label>
      <textarea
        id="typed"
        ref={box}
        rows={1}
        value={typed}
        readOnly={!asked}
        dir="auto"
        aria-invalid={objection !== null}
        aria-describedby="typed-hint"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={submit}
      />
      <ActionButton action={judgeTyped} look="primary" />
      <ActionButton action={pass} />
      <p id="typed-hint" hidden={objection !== null}>
        {asked ? words.hint(most) : words.hintIdle}
      </p>
      {objection ? (
        <p role="alert" className="typed-objection">
          {objection.message} {objection.hint}
        </p>
      ) : null}
    </div>
  );
}

/** What became of the last round and who is at work or, at the end, the score; short, since it is read out. */
function sentenceOf(state: BeTheDraftState): string {
  const { events, typedDrafts, phase, model } = state;
  // The text on the page is still that of the game before.
  if (phase === 'model') return words.phases.model;
  const round = lastAsked(events);
  const said = round ? verdictOf(round, typedDrafts[round.index] ?? null) : '';
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
