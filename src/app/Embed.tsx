import { useSyncExternalStore } from 'react';
import { STEP_ACTIONS } from '../actions/step';
import { runFigures } from '../core/cost/figures';
import { startOf } from '../core/run/tally';
import { Legend, LegendLine } from '../features/legend';
import { Notices } from '../features/notices';
import { DraftLane, Playback } from '../features/playback';
import { RecordingNote } from '../features/recordings';
import { Stepper } from '../features/stepper';
import { Stream } from '../features/stream';
import { type Address, namesRecording, onAddress, readAddress } from '../store/page/address';
import { useRun } from '../store/run/run';
import { formatRate, formatShare } from '../ui/format';
import { embed as words } from '../ui/texts/recording';
import { speeds } from '../ui/texts/speeds';
import './embed.css';
import { useShortcuts } from './useShortcuts';

/** How a recorded run can be looked at here: what the address may name. */
export const LOOKS = [
  { value: 'watch', label: words.watch },
  { value: 'step', label: words.step },
] as const;

/** A recorded run by itself: played, or stepped through; with the way to the whole page. */
export function Embed() {
  useShortcuts(STEP_ACTIONS);
  const address = readAddress(useSyncExternalStore(onAddress, () => location.hash));
  const start = startOf(useRun((state) => state.events));
  const look = address.view === 'step' ? 'step' : 'watch';
  return (
    <main className="embed">
      <h1 className="visually-hidden">{words.heading}</h1>
      <Notices />
      {start ? (
        <>
          <div className="embed-bar">
            <nav aria-label={words.look}>
              {LOOKS.map(({ value, label }) => (
                <a key={value} href={hashOf(address, value)} aria-current={value === look ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
            <a href={`./${hashOf(address, look)}`} target="_blank" rel="noopener">
              {words.whole}
            </a>
          </div>
          <RecordingNote />
          <h2 className="visually-hidden">{look === 'step' ? words.step : words.watch}</h2>
          {look === 'step' ? <Stepper /> : <Played speculative={start.settings.mode === 'speculative'} />}
        </>
      ) : (
        <p>{namesRecording(address) ? '' : words.nothing}</p>
      )}
    </main>
  );
}

function Played({ speculative }: { readonly speculative: boolean }) {
  return (
    <>
      <Figures />
      <LegendLine mode={speculative ? 'speculative' : 'plain'} />
      <Playback />
      {speculative ? <DraftLane /> : null}
      <Stream />
      <Legend mode={speculative ? 'speculative' : 'plain'} />
    </>
  );
}

/** What the whole run comes to: what a person should take along who looks no further. */
function Figures() {
  const events = useRun((state) => state.events);
  const { counts, there } = runFigures(events, true, null);
  const { acceptanceRate, tokensPerSecond } = counts;
  const speedup = there?.reached ?? null;
  return (
    <p className="embed-figures">
      {acceptanceRate === null ? null : (
        <span>
          {words.alpha} <b>{formatShare(acceptanceRate)}</b>
        </span>
      )}
      {speedup === null ? (
        <span>
          <b>{formatRate(tokensPerSecond)}</b> {words.rate}
        </span>
      ) : (
        <span title={words.speedupNote}>
          <b>{speeds.times(speedup)}</b> {words.speedup} <span className="visually-hidden">{words.speedupNote}</span>
        </span>
      )}
    </p>
  );
}

/** The address of the same recording, looked at in another way. */
function hashOf({ trace, recording }: Address, look: 'watch' | 'step'): string {
  return `#${look}&${trace === null ? `recording=${recording}` : `trace=${trace}`}`;
}
