import { useLayoutEffect, useMemo, useRef } from 'react';
import { LANES, type Lane } from '../../core/modes/race';
import { startOf } from '../../core/run/tally';
import { useRace } from '../../store/modes/race';
import { race as words } from '../../ui/texts/race';
import { isWrittenInCode, Rounds } from '../../ui/tokens';
import { useRunner } from './useRunners';

/** Both texts as they stand at the shown moment, side by side, line for line. */
export function Texts() {
  return (
    <div className="race-texts">
      {LANES.map((lane) => (
        <Text key={lane} lane={lane} />
      ))}
    </div>
  );
}

function Text({ lane }: { readonly lane: Lane }) {
  const { events, runner } = useRunner(lane);
  const measuring = useRace(({ activity }) => activity === 'measuring');
  const rounds = useMemo(() => events.filter((event) => event.type === 'round'), [events]);
  const shown = useMemo(() => rounds.slice(0, runner.rounds), [rounds, runner.rounds]);
  const box = useRef<HTMLDivElement>(null);
  // Within its own box, so that the page stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer text is what it waits for
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length]);
  const start = startOf(events);
  const end = events.at(-1);
  return (
    <div>
      <h3>{words.lanes[lane]}</h3>
      <div
        ref={box}
        className="race-text"
        role="log"
        aria-label={words.text(lane)}
        aria-live="off"
        data-typeface={start && isWrittenInCode(start.prompt) ? 'code' : 'prose'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard's way to scroll it
        tabIndex={0}
      >
        {measuring ? (
          <p className="race-hidden">{words.hidden}</p>
        ) : (
          <>
            <Rounds rounds={shown} stopped={runner.phase === 'ended' && end?.type === 'end' && end.reason === 'stop'} />
            {runner.phase === 'ended' ? null : <span className="writing" />}
          </>
        )}
      </div>
    </div>
  );
}
