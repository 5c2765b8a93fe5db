import type { RunEvent } from '../../../core/types';
import { BANK } from '../../../lessons/quiz/bank';
import { runQuestions } from '../../../lessons/quiz/fromRun';
import { recordedRun } from '../../../lessons/recorded';
import { calibrationOf } from '../../../store/calibration';
import { beginQuiz } from '../../../store/quiz';
import { useRun } from '../../../store/run';
import { useSettings } from '../../../store/settings';
import { runWords } from '../../../ui/texts/quiz';

/** A run has to have something to ask for this many questions, or a recorded one is taken. */
const FEWEST = 3;

/** Begins a quiz: the questions that need no run, and among them those about the learner's own last speculative run, or a recorded one. */
export async function beginQuizNow(): Promise<void> {
  const costs = calibrationOf(useSettings.getState().draft);
  const about = (events: readonly RunEvent[]) => runQuestions(events, costs, runWords);
  const own = about(useRun.getState().last.speculative ?? []);
  const ownRun = own.length >= FEWEST;
  const fromRun = ownRun ? own : about(await recordedRun('greedy'));
  beginQuiz(interleaved(BANK, fromRun), ownRun);
}

/** The items of `few` spread evenly among those of `many`, both in their order. */
function interleaved<Item>(many: readonly Item[], few: readonly Item[]): Item[] {
  const every = Math.max(1, Math.floor(many.length / Math.max(1, few.length)));
  const mixed = many.flatMap((item, i) => {
    const extra = (i + 1) % every === 0 ? few[(i + 1) / every - 1] : undefined;
    return extra === undefined ? [item] : [item, extra];
  });
  return [...mixed, ...few.slice(Math.floor(many.length / every))];
}
