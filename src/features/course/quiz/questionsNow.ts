import type { RunEvent } from '../../../core/types';
import { BANK } from '../../../lessons/quiz/bank';
import { runQuestions } from '../../../lessons/quiz/fromRun';
import { drawRound } from '../../../lessons/quiz/round';
import { recordedRun } from '../../../lessons/recorded';
import { useProgress } from '../../../store/course/progress';
import { beginQuiz } from '../../../store/course/quiz';
import { calibrationOf } from '../../../store/engine/calibration';
import { chosenPair } from '../../../store/engine/catalogue';
import { useRun } from '../../../store/run/run';
import { runWords } from '../../../ui/texts/quiz';

/** A run has to have something to ask for this many questions, or a recorded one is taken. */
const FEWEST = 3;

/** Begins a round: questions that need no run, and among them some about the learner's own last speculative run, or a recorded one. */
export async function beginQuizNow(): Promise<void> {
  const costs = calibrationOf(chosenPair());
  const about = (events: readonly RunEvent[]) => runQuestions(events, costs, runWords);
  const own = about(useRun.getState().last.speculative ?? []);
  const ownRun = own.length >= FEWEST;
  const fromRun = ownRun ? own : about(await recordedRun('sampled'));
  const attempts = useProgress.getState().progress.attempts.map(({ answers }) => answers);
  beginQuiz(drawRound(BANK, fromRun, attempts), ownRun);
}
