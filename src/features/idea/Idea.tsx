import { idea as words } from '../../ui/texts';
import './idea.css';

/** The method in three rows of the same columns: what is guessed, what the target judges of it, what is left. An illustration. */
export function Idea() {
  const fall = words.drafted.findIndex((guess, i) => guess !== words.chosen[i]);
  return (
    <figure className="idea">
      <h2>{words.heading}</h2>
      <ol>
        <li>
          <StepText index={0} />
          <p className="idea-line">
            <span className="idea-context">{words.context}</span>
            {words.drafted.map((guess) => (
              <span className="idea-guess" key={guess}>
                {guess}
              </span>
            ))}
          </p>
        </li>
        <li>
          <StepText index={1} />
          <p className="idea-line">
            <span className="idea-context">{words.context}</span>
            {words.drafted.map((guess, i) => (
              <span className={i < fall ? 'idea-right' : 'idea-wrong'} key={guess}>
                {guess} <i aria-hidden="true">{i < fall ? '✓' : '✗'}</i>
              </span>
            ))}
          </p>
        </li>
        <li>
          <StepText index={2} />
          <p className="idea-line">
            <span className="idea-context">{words.context}</span>
            {words.drafted.slice(0, fall).map((guess) => (
              <span className="token accepted" key={guess}>
                <span className="ink">{guess}</span>
              </span>
            ))}
            <span>
              <del className="token rejected">
                <span className="ink">{words.drafted[fall]}</span>
              </del>{' '}
              <span className="token corrected">
                <span className="ink">{words.chosen[fall]}</span>
              </span>
            </span>
          </p>
        </li>
      </ol>
      <p className="idea-gain">{words.gain}</p>
      <figcaption>{words.caption}</figcaption>
    </figure>
  );
}

function StepText({ index }: { readonly index: number }) {
  const step = words.steps[index];
  return (
    <p className="idea-step">
      <b>
        {index + 1}. {step?.title}
      </b>{' '}
      {step?.text}
    </p>
  );
}
