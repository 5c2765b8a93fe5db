import { useEffect, useId } from 'react';
import { useTarget } from '../../store/engine/catalogue';
import { useLoading } from '../../store/engine/loading';
import { lookForSystem, typeSystem, useConversation } from '../../store/modes/conversation';
import { conversation as words } from '../../ui/texts/conversation';

/** What the model is told before the first turn, where its chat template has a place for that. */
export function SystemMessage() {
  const id = useId();
  const model = useTarget()?.model ?? null;
  const ready = useLoading(({ progress }) => model !== null && progress[model.id]?.phase === 'ready');
  const system = useConversation((state) => state.system);
  const own = useConversation(({ ownSystems }) => ownSystems[model?.id ?? ''] ?? null);
  useEffect(() => {
    if (ready && model) void lookForSystem(model);
  }, [ready, model]);
  if (own === null) return null;
  return (
    <details className="fold">
      <summary>{words.system}</summary>
      <div className="system-message">
        <label className="visually-hidden" htmlFor={id}>
          {words.system}
        </label>
        <textarea id={id} dir="auto" rows={3} value={system} placeholder={own} onChange={(event) => typeSystem(event.target.value)} />
        <p>{words.systemNote}</p>
      </div>
    </details>
  );
}
