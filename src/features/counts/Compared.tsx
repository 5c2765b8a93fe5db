import { useMemo } from 'react';
import { type Comparison, compareRuns, SPEEDS } from '../../core/run/comparison';
import { useRun } from '../../store/run/run';
import { counts as words } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { speeds } from '../../ui/texts/speeds';
import { Counterpart } from './Counterpart';

/**
 * The last speculative run beside the last plain one, where one of them is the run on the page.
 *
 * @param whole whether to say that both runs are compared to their ends, as beside figures of a part of one
 */
export function Compared({ whole }: { readonly whole: boolean }) {
  const { speculative, plain } = useRun((state) => state.last);
  const shown = useRun(({ events }) => events.length > 0 && (events === speculative || events === plain));
  const compared = useMemo(() => speculative && plain && compareRuns(speculative, plain), [speculative, plain]);
  const missing = speculative && plain ? words.otherPrompt : words.runOther[speculative ? 'plain' : 'speculative'];
  return (
    <div className="compared">
      {shown && compared ? <Figures compared={compared} heading={whole ? words.comparedWhole : words.compared} /> : null}
      <Counterpart purpose={shown && !compared ? missing : null} />
    </div>
  );
}

function Figures({ compared, heading }: { readonly compared: Comparison; readonly heading: string }) {
  const { speedup, tooCoarse, tokensPerSecond, output } = compared;
  return (
    <>
      <h3>{heading}</h3>
      {SPEEDS.map((speed) =>
        speedup[speed] === null ? null : (
          <p key={speed}>
            {speeds.names[speed]}: <b data-count={`speedup-${speed}`}>{speeds.times(speedup[speed])}</b>
            <br />
            {speeds.against(speed, tokensPerSecond.speculative, tokensPerSecond.plain)}
          </p>
        ),
      )}
      {tooCoarse ? <p>{clock.speed}</p> : null}
      {speedup.decoding !== null && speedup.wait === null ? <p>{words.otherLength}</p> : null}
      <p data-output={output}>{outputSentence(compared)}</p>
    </>
  );
}

function outputSentence({ output, alike }: Comparison): string {
  switch (output) {
    case 'identical':
      return words.identical(alike);
    case 'partly':
      return words.identicalSoFar(alike);
    case 'different':
      return words.differs(alike + 1);
    case 'sampled':
      return words.sampledOtherwise(alike + 1);
  }
}
