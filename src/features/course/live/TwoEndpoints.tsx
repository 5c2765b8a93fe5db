import { useState } from 'react';
import { type Failure, toFailure } from '../../../core/failure';
import { isFinished } from '../../../core/modes/race';
import { compareRuns } from '../../../core/run/comparison';
import { committedTokens, tally } from '../../../core/run/tally';
import type { RunEvent } from '../../../core/types';
import { settingsOf } from '../../../lessons/exercises';
import { occupy, useWork } from '../../../store/engine/work';
import { collectRun } from '../../../store/run/request';
import { Button } from '../../../ui/Button';
import { FailureNotice } from '../../../ui/FailureNotice';
import { formatCount, formatRate } from '../../../ui/format';
import { clock } from '../../../ui/texts/clock';
import { live, endpoints as words } from '../../../ui/texts/live';
import { LivePart, WorkLine } from './LivePart';

const TOKENS = 80;
const GAMMA = 4;

/** Two endpoints with one target, of which one speculates; a person asks both and says which. */
export function TwoEndpoints({ prompt }: { readonly prompt: string }) {
  const [speculates, setSpeculates] = useState(drawSide);
  const [answers, setAnswers] = useState<readonly (readonly RunEvent[])[]>([[], []]);
  const [asking, setAsking] = useState<number | null>(null);
  const [guess, setGuess] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const busy = useWork((state) => state.current !== null);

  const ask = (side: number) =>
    occupy('lesson', async (signal) => {
      setAsking(side);
      setFailure(null);
      const request = { prompt, ...settingsOf({ kind: side === speculates ? 'good' : 'plain', gamma: GAMMA }, TOKENS) };
      const put = (events: readonly RunEvent[]) => setAnswers((before) => before.map((each, i) => (i === side ? events : each)));
      const arrived: RunEvent[] = [];
      try {
        await collectRun(request, signal, (event) => {
          arrived.push(event);
          put([...arrived]);
        });
        const end = arrived.at(-1);
        if (end?.type === 'end' && end.reason === 'failed') setFailure(end.failure);
      } catch (thrown) {
        if (!signal.aborted) setFailure(toFailure(thrown));
      }
      setAsking(null);
    });

  const both = answers.every(isFinished);
  const speed = compareRuns(answers[speculates] ?? [], answers[1 - speculates] ?? [])?.speedup.decoding ?? null;
  return (
    <LivePart name={live.names.endpoints} wide>
      <div className="endpoints">
        {answers.map((events, side) => (
          <Endpoint
            // biome-ignore lint/suspicious/noArrayIndexKey: two sides, which never change places
            key={side}
            name={words.names[side] ?? ''}
            events={events}
            busy={busy}
            onAsk={() => void ask(side)}
          />
        ))}
      </div>
      <WorkLine working={asking !== null} />
      {failure ? <FailureNotice failure={failure} /> : null}
      {both ? (
        <>
          <p>{sameness(answers[speculates] ?? [], answers[1 - speculates] ?? [])}</p>
          <div className="live-bar">
            <b>{words.which}</b>
            {answers.map((_, side) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <Button key={side} disabled={guess !== null} onPress={() => setGuess(side)}>
                {words.names[side]}
              </Button>
            ))}
            <Button
              look="small"
              disabled={busy}
              onPress={() => {
                setSpeculates(drawSide());
                setAnswers([[], []]);
                setGuess(null);
              }}
            >
              {words.again}
            </Button>
          </div>
        </>
      ) : null}
      <p className="live-finding" role="status">
        {guess === null
          ? ''
          : `${(guess === speculates ? words.right : words.wrong)(words.names[speculates] ?? '')} ${speed === null ? clock.speed : words.ratio(speed)}`}
      </p>
    </LivePart>
  );
}

interface EndpointProps {
  readonly name: string;
  readonly events: readonly RunEvent[];
  readonly busy: boolean;
  readonly onAsk: () => void;
}

/** An answer as a client gets it: text alone. */
function Endpoint({ name, events, busy, onAsk }: EndpointProps) {
  const text = committedTokens(events)
    .map((token) => token.text)
    .join('');
  const { tokensPerSecond, timeToFirstTokenMs } = tally(events);
  return (
    <div className="endpoint">
      <Button look="small" disabled={busy} onPress={onAsk}>
        {words.ask(name)}
      </Button>
      <p className="endpoint-text">{text === '' ? words.nothing : text}</p>
      <p className="live-note">
        {tokensPerSecond === null ? ' ' : `${words.rate(formatRate(tokensPerSecond))}, ${words.first(formatCount(timeToFirstTokenMs))}`}
      </p>
    </div>
  );
}

function sameness(speculative: readonly RunEvent[], plain: readonly RunEvent[]): string {
  const compared = compareRuns(speculative, plain);
  return compared?.output === 'identical' ? words.same : words.differ((compared?.alike ?? 0) + 1);
}

function drawSide(): number {
  return (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) % 2;
}
