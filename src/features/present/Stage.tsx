import type { ReactNode } from 'react';
import { startPresented } from '../../actions/present';
import { spellKeys } from '../../actions/registry';
import { startOf, tally } from '../../core/run/tally';
import { usePlaylist } from '../../store/present/playlist';
import { usePresenter } from '../../store/present/presenter';
import { useShownEvents } from '../../store/recordings/playback';
import { useRun } from '../../store/run/run';
import { formatRate, formatRatio, formatShare } from '../../ui/format';
import { present as words } from '../../ui/texts/present';
import { useDecoded } from './useDecoded';
import { useFit } from './useFit';
import './stage.css';

interface StageProps {
  /** What draws a run: its text, the draft of a round, its steps; and what went wrong. */
  readonly text: ReactNode;
  readonly lane: ReactNode;
  readonly steps: ReactNode;
  readonly notices: ReactNode;
  readonly note: ReactNode;
  /** What the marks of the text mean. */
  readonly legend: ReactNode;
}

/** One run of the playlist, large, each part at a place of its own, so that nothing moves but the text. */
export function Stage({ text, lane, steps, notices, note, legend }: StageProps) {
  const { at, look } = usePresenter();
  const item = usePlaylist(({ items }) => (at === null ? undefined : items[at]));
  const decoded = useDecoded();
  const started = useRun(({ events, activity }) => events.length > 0 || activity !== 'idle');
  if (!item || item.kind === 'lesson' || item.kind === 'view') return null;
  return (
    <section className="stage" aria-label={words.stage}>
      <h2 className="stage-title">
        {item.title} {item.kind === 'run' ? <small>{words.kinds.run}</small> : null}
      </h2>
      {item.kind === 'run' ? <Prepared prompt={item.prompt} how={decoded(item.settings)} /> : note}
      {notices}
      {started ? (
        look === 'step' ? (
          <Steps>{steps}</Steps>
        ) : (
          <>
            <Text>{text}</Text>
            {lane}
            <div className="stage-legend">{legend}</div>
            <Figures />
          </>
        )
      ) : (
        <p className="stage-ready">{words.notRun(spellKeys(startPresented.keys[0] ?? ''))}</p>
      )}
    </section>
  );
}

/** As large as the whole of it fits. */
function Text({ children }: { readonly children: ReactNode }) {
  return (
    <div className="stage-run" ref={useFit()}>
      {children}
    </div>
  );
}

function Steps({ children }: { readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too
    <section className="stage-run" ref={useFit()} aria-label={words.steps} tabIndex={0}>
      {children}
    </section>
  );
}

function Prepared({ prompt, how }: { readonly prompt: string; readonly how: string }) {
  return (
    <p className="stage-prompt">
      <q>{prompt}</q> <small>{how}</small>
    </p>
  );
}

/** What the run on the page comes to at the shown moment. */
function Figures() {
  const events = useShownEvents();
  const counts = tally(events);
  const plain = startOf(events)?.settings.mode === 'plain';
  const figures = [
    { name: words.figures.rate, value: formatRate(counts.tokensPerSecond) },
    ...(plain
      ? []
      : [
          { name: words.figures.alpha, value: formatShare(counts.acceptanceRate) },
          { name: words.figures.ratio, value: formatShare(counts.acceptedOverDrafted) },
        ]),
    { name: words.figures.length, value: formatRatio(counts.meanAcceptanceLength) },
  ];
  return (
    <dl className="stage-figures">
      {figures.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
