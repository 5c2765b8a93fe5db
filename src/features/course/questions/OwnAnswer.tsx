import { EXAMPLE } from '../../../core/cost/figures';
import type { RunEvent } from '../../../core/types';
import { PROMPTS, settingsOf } from '../../../lessons/exercises';
import type { MeasuredFigure } from '../../../lessons/questions';
import { measureCalibration, useCalibration, useTooCoarse } from '../../../store/engine/calibration';
import { useMemory } from '../../../store/engine/memory';
import { useWork } from '../../../store/engine/work';
import { figuredPair, useFigures } from '../../../store/run/figures';
import { startRequest, useRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { clock } from '../../../ui/texts/clock';
import { questions as words } from '../../../ui/texts/questions';
import { WorkLine } from '../live';
import { type Needed, type OwnFigure, ownFigure } from './measured';

const TOKENS = 100;
const NO_RUN: readonly RunEvent[] = [];

/** What this device measured of an answer; where it is not measured yet, a button that does. */
export function OwnAnswer({ figure }: { readonly figure: MeasuredFigure }) {
  const { speculative, plain } = useRun((state) => state.last);
  const { figures } = useFigures(speculative ?? NO_RUN);
  const memory = useMemory((state) => state.memory);
  const running = useRun((state) => state.activity !== 'idle');
  const measuring = useCalibration((state) => state.measuring);
  const busy = useWork((state) => state.current !== null);
  const tooCoarse = useTooCoarse();
  const own = ownFigure(figure, { figures, speculative, plain, memory });
  const saidOf = (answer: OwnFigure) => {
    if ('text' in answer) return answer.text;
    if (measuring) return words.measuring;
    return answer.needs === 'costs' && tooCoarse ? clock.costs : words.missing[answer.needs];
  };
  return (
    <div className="own-answer">
      <p role="status">
        <b>{words.here}:</b> {saidOf(own)}
      </p>
      {'needs' in own ? (
        <div className="live-bar">
          <Button look="small" disabled={busy || measuring} onPress={() => void MEASURES[own.needs]()}>
            {words.measure[own.needs]}
          </Button>
          <WorkLine working={running} />
        </div>
      ) : null}
    </div>
  );
}

const MEASURES: Readonly<Record<Needed, () => Promise<void>>> = {
  costs: () => measureCalibration(figuredPair(useRun.getState().last.speculative ?? NO_RUN)),
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
  return startRequest({ prompt: PROMPTS.story.prompt, ...settingsOf({ kind, gamma: EXAMPLE.gamma }, TOKENS) });
}
