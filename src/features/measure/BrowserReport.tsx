import { useEffect, useState } from 'react';
import { plainLengthOf } from '../../core/cost/cost';
import { adapterHere } from '../../gpu/adapter';
import { type Capabilities, capabilitiesOf } from '../../gpu/capabilities';
import { Button } from '../../ui/Button';
import { capabilityWords as words } from '../../ui/texts/capabilities';
import { useAnswer } from '../../ui/useAnswer';
import type { Measured } from './useMeasured';

/** What this browser and its adapter have, and what follows from it, to be read and copied. */
export function BrowserReport({ measured: { figures } }: { readonly measured: Measured }) {
  const [found, setFound] = useState<Capabilities | null>(null);
  const [answer, attempt] = useAnswer(words.copied, words.notCopied);
  useEffect(() => {
    let left = false;
    void adapterHere().then((adapter) => {
      if (!left) setFound(capabilitiesOf(adapter, globalThis));
    });
    return () => {
      left = true;
    };
  }, []);
  if (!found) return null;
  const costs = figures.here?.costs ?? null;
  const lines = words.report(found, costs, costs ? plainLengthOf(costs, figures.context) : 1);
  return (
    <section className="measure-part" aria-labelledby="measure-browser">
      <div className="measure-bar">
        <h3 id="measure-browser">{words.heading}</h3>
        <div className="measure-do">
          <Button look="small" onPress={() => void attempt(() => navigator.clipboard.writeText(lines.join('\n')))}>
            {words.copy}
          </Button>
          <span role="status">{answer}</span>
        </div>
      </div>
      <ul className="measure-report">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
