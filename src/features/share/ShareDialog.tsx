import { useId } from 'react';
import { saveTrace } from '../../actions/share';
import { closeShare, reachOf, type Shared, useShare } from '../../store/recordings/share';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { formatCount } from '../../ui/format';
import { Sheet } from '../../ui/Sheet';
import { recording, share as words } from '../../ui/texts/recording';
import { useAnswer } from '../../ui/useAnswer';
import './share.css';

/** The run on the page as a link, as a frame for a page of someone else's, and as a file. */
export function ShareDialog() {
  const { shared, failure } = useShare();
  const reach = reachOf(location.hostname);
  return (
    <Sheet heading={words.heading} close={words.close} onClose={closeShare}>
      <p>{words.intro}</p>
      {reach === 'anyone' ? null : <p className="share-reach">{words.reach[reach]}</p>}
      {failure ? <FailureNotice failure={failure} /> : null}
      {shared ? <Ways shared={shared} /> : <p role="status">{failure ? '' : words.making}</p>}
      <p className="share-file">
        <ActionButton action={saveTrace} look="small" />
        <span>{words.fileNote}</span>
      </p>
    </Sheet>
  );
}

function Ways({ shared: { link, embed, leftOut } }: { readonly shared: Shared }) {
  if (link === null || embed === null) return <p role="status">{words.tooLong}</p>;
  const without = recording.without(leftOut) || words.whole;
  return (
    <>
      <Copied label={words.link} text={link} button={words.copyLink} note={`${words.linkLength(formatCount(link.length))} ${without}`} />
      <Copied label={words.embed} text={embed} button={words.copyEmbed} note={words.embedNote} />
    </>
  );
}

interface CopiedProps {
  readonly label: string;
  readonly text: string;
  readonly button: string;
  readonly note: string;
}

/** A text to be taken along, in sight so that it can be selected where there is no clipboard. */
function Copied({ label, text, button, note }: CopiedProps) {
  const id = useId();
  const [answer, attempt] = useAnswer(words.copied, words.notCopied);
  return (
    <div className="share-way">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="share-line">
        <input id={id} readOnly value={text} aria-describedby={`${id}-note`} onFocus={(event) => event.currentTarget.select()} />
        <Button look="small" onPress={() => void attempt(() => navigator.clipboard.writeText(text))}>
          {button}
        </Button>
      </div>
      <p id={`${id}-note`} className="share-note">
        {note} <span role="status">{answer}</span>
      </p>
    </div>
  );
}
