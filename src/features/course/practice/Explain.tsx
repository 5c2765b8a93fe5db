import { useId } from 'react';
import { carryMarks, wordsToWeigh } from '../../../lessons/practice';
import { changePractice, useProgress } from '../../../store/course/progress';
import { practice as words } from '../../../ui/texts/practice';
import { MarkedText } from './MarkedText';
import { Note } from './Note';

/** The explanation in a person's own words, and their own marks in it. */
export function Explain() {
  const { explanation, marks } = useProgress((state) => state.progress.practice);
  const heading = useId();
  const weigh = wordsToWeigh(explanation);
  const count = (kind: string) => marks.filter((mark) => mark.kind === kind).length;
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.explain.title}</h3>
      <p>{words.explain.words}</p>
      <Note
        label={words.explain.label}
        example={words.filledIn.explanation}
        value={explanation}
        rows={5}
        onChange={(value) => changePractice({ explanation: value, marks: carryMarks(explanation, value, marks) })}
      />
      <p className="live-note">{words.explain.marking}</p>
      {explanation.trim() === '' ? (
        <p className="marked-text live-note">{words.explain.empty}</p>
      ) : (
        <MarkedText
          text={explanation}
          name={words.explain.marked}
          keys={words.explain.keys}
          kinds={words.explain.kinds}
          marks={marks}
          onChange={(changed) => changePractice({ marks: changed })}
        />
      )}
      <p className="live-note" role="status">
        {marks.length > 0 ? words.explain.counts(count('uncertain'), count('broad')) : ''}
      </p>
      {weigh.length > 0 ? <p className="live-note">{words.explain.weigh(weigh.map((word) => `“${word}”`).join(', '))}</p> : null}
    </section>
  );
}
