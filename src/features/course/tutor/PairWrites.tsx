import { startOf } from '../../../core/run/tally';
import { DEFAULT_RUN } from '../../../core/settings';
import { pairQuestion } from '../../../lessons/pairQuestions';
import type { Exchange } from '../../../store/course/tutor';
import { useWork } from '../../../store/engine/work';
import { startRequest, useRun } from '../../../store/run/run';
import { useSettings } from '../../../store/run/settings';
import { Button } from '../../../ui/Button';
import { tutor as words } from '../../../ui/texts/tutor';
import { LivePart, useOutput, WorkLine } from '../live';

const TOKENS = 120;
/** The pair's context is short, and a copy needs it twice. */
const LONGEST_COPY = 400;

/** What the loaded pair can write of the last question: what it has learnt, or a copy of the answer. A demonstration, and called one. */
export function PairWrites({ exchange: { question, reply } }: { readonly exchange: Exchange }) {
  const output = useOutput();
  const prompt = useRun(({ events }) => startOf(events)?.prompt ?? null);
  const busy = useWork((state) => state.current !== null);
  const running = useRun((state) => state.activity !== 'idle');
  const draft = useSettings((settings) => settings.draft);
  const known = pairQuestion(question);
  const copy = reply.kind === 'answer' && reply.text.length <= LONGEST_COPY ? `Copy this exactly: ${reply.text}` : null;
  if (known === null && copy === null) return null;
  const ask = (asked: string) => startRequest({ prompt: asked, settings: { ...DEFAULT_RUN, drafting: 'mixed', maxTokens: TOKENS }, draft });
  return (
    <LivePart name={words.pairHeading} wide>
      <h3 className="live-step">{words.pairHeading}</h3>
      <p className="live-note">{known === null ? words.copyNote : words.pairNote}</p>
      <div className="live-bar">
        {known === null ? null : (
          <Button disabled={busy} onPress={() => void ask(known)}>
            {words.pairAsk(known)}
          </Button>
        )}
        {copy === null ? null : (
          <Button disabled={busy} onPress={() => void ask(copy)}>
            {words.copyAsk}
          </Button>
        )}
        <WorkLine working={running} />
      </div>
      {prompt !== null && (prompt === known || prompt === copy) ? <div className="try-output">{output}</div> : null}
    </LivePart>
  );
}
