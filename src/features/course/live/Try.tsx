import { useMemo } from 'react';
import { startOf, tally } from '../../../core/run/tally';
import { spelledSettings } from '../../../core/settings';
import type { RunEvent, RunSettings, Verdict } from '../../../core/types';
import { settingsOf } from '../../../lessons/exercises';
import { useWork } from '../../../store/engine/work';
import { startRequest, useRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { formatSeconds } from '../../../ui/format';
import { live, tryIt as words } from '../../../ui/texts/live';
import { firstRejection } from './firstRejection';
import { LivePart, WorkLine } from './LivePart';
import { useOutput } from './output';

interface TryProps {
  readonly prompt: string;
  readonly mode?: 'plain' | 'speculative';
  readonly gamma?: number;
  readonly tokens: number;
  /** What to see in the run once it is there. */
  readonly look: 'plain' | 'first-rejection';
}

/** A run that a lesson asks for: on the page as any other, so that every view shows it. */
export function Try({ prompt, mode = 'speculative', gamma = 4, tokens, look }: TryProps) {
  const events = useRun((state) => state.events);
  const busy = useWork((state) => state.current !== null);
  const running = useRun((state) => state.activity !== 'idle');
  const output = useOutput();
  const request = useMemo(() => {
    const way = mode === 'plain' ? ({ kind: 'plain', gamma } as const) : ({ kind: 'good', gamma } as const);
    return { prompt, ...settingsOf(way, tokens) };
  }, [prompt, mode, gamma, tokens]);
  const mine = isRunOf(events, request.prompt, spelled(request.settings));
  return (
    <LivePart name={prompt} wide>
      <p className="live-prompt">
        <b>{live.prompt}</b> “{prompt}”
      </p>
      <div className="live-bar">
        <Button look="primary" disabled={busy} onPress={() => void startRequest(request)}>
          {mine && !running ? words.again : words.run}
        </Button>
        <span className="live-note">{words.settings(mode, gamma, tokens)}</span>
        <WorkLine working={running} />
      </div>
      <div className="try-output">{mine ? output : <p className="live-note">{words.waiting}</p>}</div>
      <p className="live-finding" role="status">
        {mine && !running ? findingOf(events, look) : ''}
      </p>
      {mine && !running ? (
        <p className="live-note">
          <a href="#watch">{words.watch}</a>
        </p>
      ) : null}
    </LivePart>
  );
}

function isRunOf(events: readonly RunEvent[], prompt: string, settings: string): boolean {
  const start = startOf(events);
  return start !== null && start.prompt === prompt && spelled(start.settings) === settings;
}

function spelled(settings: RunSettings): string {
  return JSON.stringify(spelledSettings(settings).map(({ value }) => value));
}

function findingOf(events: readonly RunEvent[], look: TryProps['look']): string {
  const { rounds, passes: made, committed, decodeMs, accepted } = tally(events);
  if (rounds === 0) return '';
  if (look === 'plain') return words.plain(made, committed, formatSeconds(decodeMs));
  const found = firstRejection(events);
  const own = (wanted: Verdict) =>
    events.flatMap((event) => (event.type === 'round' ? event.tokens : [])).filter(({ verdict }) => verdict === wanted).length;
  const passes = `${words.passes(made, committed)} ${words.marks(accepted, own('bonus'), own('corrected'))}`;
  if (!found) return `${passes} ${words.noRejection}`;
  const { round, kept, after, rejected, corrected, discarded } = found;
  return `${passes} ${words.rejection(round + 1, kept, after, rejected, corrected, discarded)}`;
}
