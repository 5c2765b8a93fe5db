import { type RefObject, useEffect, useRef } from 'react';
import { startOf } from '../../core/run/tally';
import { Costs } from '../../features/costs';
import { Counts } from '../../features/counts';
import { ExportRun } from '../../features/exports';
import { Idea } from '../../features/idea';
import { Legend } from '../../features/legend';
import { Loading } from '../../features/loading';
import { Notices } from '../../features/notices';
import { OfflineLine } from '../../features/offline';
import { DraftLane, Playback, TimelineKey } from '../../features/playback';
import { PromptForm } from '../../features/prompt';
import { RecordingNote } from '../../features/recordings';
import { OutputBar, Stream } from '../../features/stream';
import { useAsked } from '../../store/recordings/recording';
import { useRun } from '../../store/run/run';
import { page } from '../../ui/texts';
import './watch.css';

/**
 * The run first, then the form. Before the first prompt the method is next to the run that the page opens with, and that run in time
 * below it; afterwards a run's figures are there, and its growing text comes last.
 */
export function Watch() {
  const asked = useAsked();
  const head = useRef<HTMLElement>(null);
  useComesIntoSight(head);
  return (
    <main className="page" data-first={!asked || undefined}>
      {asked ? null : <p className="page-lead">{page.lead}</p>}
      <div className="area-output">
        <Notices />
        <section ref={head}>
          <OutputBar />
          <RecordingNote />
          {asked ? <InTime /> : null}
          <Stream />
        </section>
      </div>
      {asked ? null : (
        <>
          <div className="area-idea">
            <Idea />
          </div>
          <div className="area-time">
            <InTime />
          </div>
        </>
      )}
      <section className="area-prompt" aria-label={page.ask}>
        <PromptForm />
      </section>
      <div className="area-side">
        {asked ? (
          <div className="area-counts">
            <Counts />
            <Costs />
            <ExportRun />
          </div>
        ) : null}
        <div className="area-models">
          <Loading />
          <OfflineLine />
        </div>
      </div>
    </main>
  );
}

/** The run in time, what the marks of its text mean, and its latest draft. */
function InTime() {
  const start = startOf(useRun((state) => state.events));
  if (!start) return null;
  const { mode } = start.settings;
  return (
    <>
      <Playback />
      <Legend mode={mode}>
        <TimelineKey />
      </Legend>
      {mode === 'speculative' ? <DraftLane /> : null}
    </>
  );
}

/** Scrolls a run that was started further down into view. */
function useComesIntoSight(head: RefObject<HTMLElement | null>): void {
  const running = useRun(({ activity }) => activity === 'running');
  useEffect(() => {
    if (running && (head.current?.getBoundingClientRect().top ?? 0) < 0) head.current?.scrollIntoView({ block: 'start' });
  }, [running, head]);
}
