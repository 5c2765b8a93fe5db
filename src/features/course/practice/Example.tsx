import { useId } from 'react';
import { startOf } from '../../../core/run/tally';
import { changePractice, useProgress } from '../../../store/course/progress';
import { useWork } from '../../../store/engine/work';
import { startRequest, useRun } from '../../../store/run/run';
import { runSettings, useSettings } from '../../../store/run/settings';
import { Button } from '../../../ui/Button';
import { practice as words } from '../../../ui/texts/practice';
import { useOutput, WorkLine } from '../live';
import { Note } from './Note';

/** A person's own prompt, and a run of it, by the settings of the page but always speculative. */
export function Example() {
  const prompt = useProgress((state) => state.progress.practice.prompt);
  const shown = useRun(({ events }) => startOf(events)?.prompt);
  const running = useRun((state) => state.activity !== 'idle');
  const busy = useWork((state) => state.current !== null);
  const output = useOutput();
  const heading = useId();
  const run = () => {
    const settings = useSettings.getState();
    void startRequest({ prompt, settings: runSettings({ ...settings, mode: 'speculative' }), draft: settings.draft });
  };
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.example.title}</h3>
      <p>{words.example.hint}</p>
      <Note
        label={words.example.label}
        example={words.filledIn.prompt}
        value={prompt}
        rows={2}
        onChange={(value) => changePractice({ prompt: value })}
      />
      <div className="live-bar">
        <Button disabled={busy || prompt.trim() === ''} onPress={run}>
          {words.example.run}
        </Button>
        <WorkLine working={running} />
        <span className="live-note">{words.example.note}</span>
      </div>
      {prompt !== '' && shown === prompt ? <div className="practice-output">{output}</div> : null}
    </section>
  );
}
