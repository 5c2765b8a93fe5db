import { useState } from 'react';
import type { RoundEvent, RunToken } from '../../../core/types';
import { WEAK_DRAFT } from '../../../formats/settings';
import { PROMPTS, sampledSettings } from '../../../lessons/exercises';
import { lastWords, textBefore } from '../../../lessons/inWords';
import { useWork } from '../../../store/engine/work';
import { startRequest, useRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { formatProbability } from '../../../ui/format';
import { live, byHand as words } from '../../../ui/texts/live';
import { visibleText } from '../../../ui/visibleText';
import { ByHandEnd } from './ByHandEnd';
import { LivePart, WorkLine } from './LivePart';
import { judgeable, type SampledRun, useSampledRun } from './sampledRun';

const TOKENS = 60;
const CONTEXT_SHOWN = 160;

/** A round of a real run for a person to judge, test by test, with the figures that the run itself had. */
export function RoundByHand() {
  const run = useSampledRun();
  const [at, setAt] = useState(0);
  const rounds = run ? judgeable(run.events) : [];
  const round = rounds[at % Math.max(1, rounds.length)];
  return (
    <LivePart name={live.names.byHand} wide>
      {run && round ? <Round key={`${run.live} ${round.index} ${run.events.length}`} run={run} round={round} /> : null}
      <div className="live-bar live-foot">
        <Button look="small" disabled={rounds.length < 2} onPress={() => setAt(at + 1)}>
          {words.another}
        </Button>
        <Fresh onStart={() => setAt(0)} />
        <span className="live-note">{run?.live ? words.live : words.recorded}</span>
      </div>
    </LivePart>
  );
}

/** Runs a prompt on the page whose tokens are drawn, with the weak draft, which is often rejected. */
function Fresh({ onStart }: { readonly onStart: () => void }) {
  const busy = useWork((state) => state.current !== null);
  const running = useRun((state) => state.activity !== 'idle');
  const [seed, setSeed] = useState(1);
  const start = () => {
    onStart();
    setSeed(seed + 1);
    void startRequest({ prompt: PROMPTS.story.prompt, settings: sampledSettings(TOKENS, seed), draft: WEAK_DRAFT });
  };
  return (
    <>
      <Button look="small" disabled={busy} onPress={start}>
        {words.fresh}
      </Button>
      <WorkLine working={running} />
    </>
  );
}

/** What a person said of each judged draft, in order. */
type Answers = readonly boolean[];

function Round({ run, round }: { readonly run: SampledRun; readonly round: RoundEvent }) {
  const [verified, setVerified] = useState(false);
  const [answers, setAnswers] = useState<Answers>([]);
  const drafts = round.tokens.filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded');
  const judged = drafts.filter(({ verdict }) => verdict !== 'discarded');
  const asked = judged[answers.length];
  const [start] = run.events;
  return (
    <>
      <p className="live-prompt">{start?.type === 'start' ? words.prompt(start.prompt) : null}</p>
      <p className="by-hand-context">
        <b>{words.before}</b> {textBefore(run.events, round, CONTEXT_SHOWN)}
      </p>
      <h3 className="live-step">{words.draft}</h3>
      <p>{words.draftWords(drafts.length)}</p>
      <Drafts drafts={drafts} verified={verified} judged={answers.length} />
      <h3 className="live-step">{words.verify}</h3>
      {verified ? <p>{words.verifyWords}</p> : <Button onPress={() => setVerified(true)}>{words.doVerify}</Button>}
      {verified ? (
        <>
          <h3 className="live-step">{words.judge}</h3>
          <Judgement
            before={textBefore(run.events, round, CONTEXT_SHOWN)}
            judged={judged}
            answers={answers}
            asked={asked ?? null}
            onAnswer={(kept) => setAnswers([...answers, kept])}
          />
          {asked ? null : <ByHandEnd round={round} judged={judged} answers={answers} />}
        </>
      ) : null}
    </>
  );
}

interface DraftsProps {
  readonly drafts: readonly RunToken[];
  readonly verified: boolean;
  /** How many verdicts are known. */
  readonly judged: number;
}

function Drafts({ drafts, verified, judged }: DraftsProps) {
  const fallen = drafts.slice(0, judged).some(({ verdict }) => verdict === 'rejected');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too
    <section className="live-table" aria-label={words.draft} tabIndex={0}>
      <table className="by-hand">
        <thead>
          <tr>
            <th scope="col">{words.column.token}</th>
            <th scope="col">{words.column.q}</th>
            <th scope="col">{words.column.p}</th>
            <th scope="col">{words.column.chance}</th>
            <th scope="col">{words.column.u}</th>
          </tr>
        </thead>
        <tbody>
          {drafts.map((token, i) => {
            const known = i < judged || fallen;
            const tested = verified && token.verdict !== 'discarded';
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a round never changes
              <tr key={i} data-verdict={known ? token.verdict : 'pending'}>
                <th scope="row">
                  <span className={known ? `token ${token.verdict}` : 'pending'}>
                    <span className="ink">{visibleText(token.text.trim() || token.text)}</span>
                  </span>
                </th>
                <td>{formatProbability(token.q)}</td>
                <td>{verified ? formatProbability(token.p) : words.unknown}</td>
                <td>{tested ? formatProbability(chanceOf(token)) : words.unknown}</td>
                <td>{tested && i <= judged ? formatProbability(token.u) : words.unknown}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface JudgementProps {
  /** The text before the round. */
  readonly before: string;
  readonly judged: readonly RunToken[];
  readonly answers: Answers;
  readonly asked: RunToken | null;
  readonly onAnswer: (kept: boolean) => void;
}

function Judgement({ before, judged, answers, asked, onAnswer }: JudgementProps) {
  const kept = judged.slice(0, answers.length).map(({ text }) => text);
  const last = judged[answers.length - 1];
  const answered = answers.at(-1);
  return (
    <>
      <p role="status" className="live-finding">
        {last && answered !== undefined ? verdictOn(last, answered) : ''}
      </p>
      {asked ? (
        <>
          <p>
            {words.question(asked.text, lastWords(before + kept.join('')), formatProbability(chanceOf(asked)), formatProbability(asked.u))}
          </p>
          <div className="live-bar">
            <Button onPress={() => onAnswer(true)}>{words.keep}</Button>
            <Button onPress={() => onAnswer(false)}>{words.strike}</Button>
          </div>
        </>
      ) : null}
    </>
  );
}

function verdictOn(token: RunToken, said: boolean): string {
  const kept = token.verdict === 'accepted';
  return said === kept ? words.right(kept) : words.wrong(token.u ?? 0, chanceOf(token), kept);
}

/** The chance of a draft to stay (Leviathan et al. 2023, algorithm 1). */
export function chanceOf({ p, q }: RunToken): number {
  return Math.min(1, (p ?? 0) / (q ?? 1));
}
