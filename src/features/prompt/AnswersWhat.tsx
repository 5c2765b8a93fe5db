import { bytesOf, filesOf, modelsOf } from '../../catalog/spec';
import { chosenPair, isEmbedded, useTarget } from '../../store/engine/catalogue';
import { useLoading } from '../../store/engine/loading';
import { useSettings } from '../../store/run/settings';
import { Progress } from '../../ui/Progress';
import { prompt as words } from '../../ui/texts';
import { loadedOf, phases } from '../../ui/texts/awaited';

/** What the chosen target answers; while it comes from elsewhere, how far it is, where it was asked for. */
export function AnswersWhat() {
  const target = useTarget();
  const { progress, underWay } = useLoading();
  const pair = chosenPair(useSettings());
  if (isEmbedded(target)) return <p className="prompt-range">{words.range}</p>;
  const coming = pair && underWay ? modelsOf(pair).find(({ id }) => progress[id] && progress[id].phase !== 'ready') : undefined;
  const come = coming && progress[coming.id];
  if (!coming || !come) return <p className="prompt-range">{words.anyPrompt(target?.model.name ?? '')}</p>;
  const text = words.coming(coming.name, phases[come.phase], loadedOf(come, bytesOf(filesOf(coming))));
  return (
    <div className="prompt-range">
      <Progress label={words.comingLabel(coming.name)} done={come.loadedBytes} total={come.totalBytes} text={text} />
    </div>
  );
}
