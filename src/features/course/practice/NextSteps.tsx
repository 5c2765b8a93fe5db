import { useId } from 'react';
import type { PracticeNotes } from '../../../formats/progress';
import { changePractice, useProgress } from '../../../store/course/progress';
import { practice as words } from '../../../ui/texts/practice';
import { Note } from './Note';

/** From one detail two next steps, each with a reason why it might be wrong. */
export function NextSteps() {
  const { detail, steps } = useProgress((state) => state.progress.practice);
  const heading = useId();
  const change = (at: number, changed: Partial<PracticeNotes['steps'][number]>) => {
    const [first, second] = steps;
    changePractice({ steps: at === 0 ? [{ ...first, ...changed }, second] : [first, { ...second, ...changed }] });
  };
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.next.title}</h3>
      <p>{words.next.words}</p>
      <Note
        label={words.next.detail}
        example={words.filledIn.detail}
        value={detail}
        rows={1}
        onChange={(value) => changePractice({ detail: value })}
      />
      <div className="practice-steps">
        {steps.map(({ step, doubt }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two steps, which never change places
          <div key={i}>
            <Note
              label={words.next.step(i + 1)}
              example={words.filledIn.steps[i]?.step ?? ''}
              value={step}
              onChange={(value) => change(i, { step: value })}
            />
            <Note
              label={words.next.doubt(i + 1)}
              example={words.filledIn.steps[i]?.doubt ?? ''}
              value={doubt}
              onChange={(value) => change(i, { doubt: value })}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
