import { Button } from './Button';

interface AskBackProps {
  readonly question: string;
  /** What cannot be undone. */
  readonly verb: string;
  readonly keep: string;
  /** Why it cannot be done now; null where it can. */
  readonly heldBack: string | null;
  readonly onVerb: () => void;
  readonly onKeep: () => void;
}

/** Asks before something is done that cannot be undone; the last button does no harm (`useAskingBack`). */
export function AskBack({ question, verb, keep, heldBack, onVerb, onKeep }: AskBackProps) {
  return (
    <>
      <p>{question}</p>
      <p className="ask-back">
        <Button look="danger" disabled={heldBack !== null} onPress={onVerb}>
          {verb}
        </Button>
        <Button look="small" onPress={onKeep}>
          {keep}
        </Button>
        {heldBack === null ? null : <span className="unused">{heldBack}</span>}
      </p>
    </>
  );
}
