import { useId } from 'react';
import { PLANTED_TEXT, type PlantedScore, scoreMarks } from '../../../lessons/planted';
import { checkPlanted, markPlanted, restartPlanted, usePlanted } from '../../../store/course/planted';
import { Button } from '../../../ui/Button';
import { practice as words } from '../../../ui/texts/practice';
import { MarkedText } from './MarkedText';

/** A prepared explanation with mistakes in it, which are to be marked; then how many were found, and what each is. */
export function Planted() {
  const { marks, checked } = usePlanted();
  const heading = useId();
  const score = scoreMarks(marks);
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.planted.title}</h3>
      <p>{words.planted.words(score.mistakes.length)}</p>
      <MarkedText
        text={PLANTED_TEXT}
        name={words.planted.name}
        keys={words.planted.keys}
        kinds={words.planted.kinds}
        marks={marks.map((mark) => ({ ...mark, kind: 'wrong' as const }))}
        disabled={checked}
        onChange={(changed) => markPlanted(changed.map(({ from, to }) => ({ from, to })))}
      />
      <div className="live-bar">
        <Button disabled={checked || marks.length === 0} onPress={checkPlanted}>
          {words.planted.check}
        </Button>
        <Button look="quiet" disabled={marks.length === 0} onPress={restartPlanted}>
          {words.planted.again}
        </Button>
      </div>
      <div role="status">{checked ? <Solution score={score} /> : null}</div>
    </section>
  );
}

function Solution({ score: { mistakes, elsewhere } }: { readonly score: PlantedScore }) {
  return (
    <>
      <p className="live-finding">
        {words.planted.score(mistakes.filter(({ found }) => found).length, mistakes.length)} {words.planted.elsewhere(elsewhere)}
      </p>
      <ul className="planted-solution">
        {mistakes.map(({ from, text, why, found }) => (
          <li key={from}>
            <q>{text}</q> <b>{found ? words.planted.found : words.planted.missed}</b> {why}
          </li>
        ))}
      </ul>
    </>
  );
}
