import { useMemo } from 'react';
import { draftsOf } from '../../core/run/moment';
import { knownAfter } from '../../core/run/steps';
import { committedTokens, pastEndOf, startOf } from '../../core/run/tally';
import type { RoundEvent, RunEvent } from '../../core/types';
import { currentSteps, useStepper } from '../../store/recordings/stepper';
import { useRun } from '../../store/run/run';
import { formatCount } from '../../ui/format';
import { PlainText } from '../../ui/PlainText';
import { stepper as words } from '../../ui/texts/stepper';
import { PastEnd } from '../../ui/tokens';
import { Algorithm } from './Algorithm';
import { Column } from './Column';
import { ruleOf } from './rule';
import { StepControls } from './StepControls';
import './stepper.css';

/** How much of the text before the round is shown, in characters. */
const CONTEXT_SHOWN = 240;

/** The run on the page, one step of the algorithm at a time: every draft, the pass, every test with its figures, and what the target puts in. */
export function Stepper() {
  const events = useRun((state) => state.events);
  const live = useRun(({ activity }) => activity !== 'idle');
  const at = useStepper((state) => state.at);
  const rounds = useMemo(() => events.filter((event) => event.type === 'round'), [events]);
  const steps = currentSteps();
  const step = steps[Math.min(at, steps.length - 1)];
  const round = step && rounds[step.round];
  const start = startOf(events);
  if (!step || !round || !start) return <p className="stepper-empty">{words.empty}</p>;
  const rule = ruleOf(start.settings);
  const known = knownAfter(round, step);
  const drafted = draftsOf(round).length > 0;
  const behind = pastEndOf(round);
  // Before the end is judged, nobody knows that drafts come after it.
  const apart = known.judged > round.tokens.length - behind ? round.tokens.length - behind : known.tokens;
  const columns = (from: number, to: number) =>
    round.tokens.slice(from, to).map((token, offset) => {
      const i = from + offset;
      return (
        <Column key={i} token={token} position={i} verified={known.verified} judged={i < known.judged} now={step.token === i} rule={rule} />
      );
    });
  return (
    <section className="stepper" aria-label={words.heading}>
      <div className="step-bar">
        <StepControls />
        {/* While a run grows its counts change with every round, which is not to be read out. */}
        <p className="stepper-place" role="status" aria-live={live ? 'off' : 'polite'}>
          {words.place(
            formatCount(step.round + 1),
            formatCount(rounds.length),
            formatCount(Math.min(at, steps.length - 1) + 1),
            formatCount(steps.length),
          )}
          {' · '}
          {words.does(step.line, tokenOf(round, step.token), { drafted, goesOn: (step.token ?? 0) < (round.passes ?? 1) - 1 })}
        </p>
      </div>
      <Context events={events} round={round} at={step.round} />
      <div className="stepper-parts">
        <Algorithm rule={rule} line={step.line} source={round.source} />
        <ol className="columns" aria-label={words.columns}>
          {drafted || known.tokens > 0 ? null : <li className="no-draft">{words.noDraft}</li>}
          {columns(0, Math.min(apart, known.tokens))}
          {apart < known.tokens ? (
            <li className="columns-behind">
              <PastEnd count={behind}>
                <ol className="columns">{columns(apart, known.tokens)}</ol>
              </PastEnd>
            </li>
          ) : null}
        </ol>
      </div>
    </section>
  );
}

function tokenOf(round: RoundEvent, token: number | null): RoundEvent['tokens'][number] | null {
  return token === null ? null : (round.tokens[token] ?? null);
}

/** The end of the text that the round goes on from. */
function Context({ events, round, at }: { readonly events: readonly RunEvent[]; readonly round: RoundEvent; readonly at: number }) {
  const text = useMemo(
    () =>
      committedTokens(events.slice(0, events.indexOf(round)))
        .map((token) => token.text)
        .join(''),
    [events, round],
  );
  const from = text.length > CONTEXT_SHOWN ? text.indexOf(' ', text.length - CONTEXT_SHOWN) : 0;
  return (
    <p className="stepper-context">
      {at === 0 ? <i>{words.noContext}</i> : <PlainText text={`${from > 0 ? '… ' : ''}${text.slice(Math.max(0, from))}`} />}
      <span className="stepper-caret" aria-hidden="true" />
    </p>
  );
}
