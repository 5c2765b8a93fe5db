import { useState } from 'react';
import { textBefore } from '../../../lessons/inWords';
import { Button } from '../../../ui/Button';
import { byHand, live, residualSum as words } from '../../../ui/texts/live';
import { LivePart } from './LivePart';
import { overlapAt } from './overlap';
import { ResidualBars } from './ResidualBars';
import { judgeable, useSampledRun } from './sampledRun';

const CONTEXT_SHOWN = 60;

/** At positions of a real run: what comes through acceptance and what through the residual add up to the target's p. */
export function ResidualSum() {
  const run = useSampledRun();
  const [at, setAt] = useState(0);
  const places = run
    ? judgeable(run.events).flatMap((round) => {
        const own = round.tokens.find(({ verdict }) => verdict === 'corrected');
        const overlap = own && overlapAt(own);
        if (!overlap || overlap.parts.length < 2) return [];
        const kept = round.tokens.filter(({ verdict }) => verdict === 'accepted').map(({ text }) => text);
        return [{ overlap, after: textBefore(run.events, round, CONTEXT_SHOWN) + kept.join('') }];
      })
    : [];
  const place = places[at % Math.max(1, places.length)];
  return (
    <LivePart name={live.names.residual} wide>
      {place ? (
        <>
          <p className="by-hand-context">{words.place(place.after.replace(/^… /, ''))}</p>
          <ResidualBars overlap={place.overlap} />
        </>
      ) : null}
      <div className="live-bar live-foot">
        <Button look="small" disabled={places.length < 2} onPress={() => setAt(at + 1)}>
          {words.another}
        </Button>
        <span className="live-note">{run?.live ? byHand.live : byHand.recorded}</span>
      </div>
    </LivePart>
  );
}
