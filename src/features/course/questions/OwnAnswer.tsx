import { PROMPTS, settingsOf } from '../../../lessons/exercises';
import type { MeasuredFigure } from '../../../lessons/questions';
import { measureCalibration, useCalibration } from '../../../store/calibration';
import { useLoading } from '../../../store/loading';
import { useMemory } from '../../../store/memory';
import { startRequest, useRun } from '../../../store/run';
import { useWork } from '../../../store/work';
import { Button } from '../../../ui/Button';
import { questions as words } from '../../../ui/texts/questions';
import { CONTEXT, useCosts, WorkState } from '../live';
import { type Needed, ownFigure } from './measured';

const TOKENS = 100;
const GAMMA = 4;

/** What this device measured of an answer; where it is not measured yet, a button that does. */
export function OwnAnswer({ figure }: { readonly figure: MeasuredFigure }) {
  const costs = useCosts();
  const { speculative, plain } = useRun((state) => state.last);
  const memory = useMemory((state) => state.memory);
  const running = useRun((state) => state.activity !== 'idle');
  const measuring = useCalibration((state) => state.measuring);
  const busy = useWork((state) => state.current !== null);
  const own = ownFigure(figure, { costs, context: CONTEXT, speculative, plain, memory });
  return (
    <div className="own-answer">
      <p role="status">
        <b>{words.here}:</b> {'text' in own ? own.text : measuring ? words.measuring : words.missing[own.needs]}
      </p>
      {'needs' in own ? (
        <div className="live-bar">
          <Button look="small" disabled={busy || measuring} onPress={() => void MEASURES[own.needs]()}>
            {words.measure[own.needs]}
          </Button>
          <WorkState working={running} />
        </div>
      ) : null}
    </div>
  );
}

const MEASURES: Readonly<Record<Needed, () => Promise<void>>> = {
  costs: () => measureCalibration(),
  run: () => runStory('good'),
  'both-ways': async () => {
    await runStory('good');
    const { events } = useRun.getState();
    const end = events.at(-1);
    // What was stopped or has failed is not run a second time.
    if (end?.type === 'end' && (end.reason === 'stop' || end.reason === 'length')) await runStory('plain');
  },
};

function runStory(kind: 'good' | 'plain'): Promise<void> {
  const drafts = useLoading.getState().manifest?.pair.drafts.map(({ id }) => id) ?? [];
  return startRequest({ prompt: PROMPTS.story.prompt, ...settingsOf({ kind, gamma: GAMMA }, TOKENS, drafts) });
}
