import { useEffect } from 'react';
import { useCatalogue } from '../../store/engine/catalogue';
import { isHere, lookAtBegun, useDownloads, type Wanted } from '../../store/models/downloads';
import { readFacts } from '../../store/models/facts';
import { useOtherTabs } from '../../store/models/otherTabs';
import { readPublished } from '../../store/models/published';
import { lookAtStorage, useOffline } from '../../store/offline/offline';
import { hubModels as words } from '../../ui/texts/hubModels';
import { ByAddress } from './ByAddress';
import { DeviceFigures } from './DeviceFigures';
import { DownloadCard, DownloadElsewhere } from './DownloadCard';
import { HereTargets } from './HereTargets';
import './hub.css';
import { Mirror } from './Mirror';
import { Published } from './Published';

/** All models: what the page has, what is on its way, and what is published. */
export function Models() {
  useEffect(() => {
    void readPublished();
    void lookAtStorage();
    void lookAtBegun();
  }, []);
  useStoredFacts();
  return (
    <>
      <p className="hub-intro">{words.intro}</p>
      <DeviceFigures />
      <HereTargets />
      <Downloads />
      <Published />
      <ByAddress />
      <Mirror />
    </>
  );
}

/** What the models' own files say follows what of them is stored. */
function useStoredFacts(): void {
  const catalogue = useCatalogue((state) => state.catalogue);
  const stored = useOffline((state) => state.models);
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what it waits for
  useEffect(() => void readFacts(), [catalogue, stored]);
}

function Downloads() {
  const catalogue = useCatalogue((state) => state.catalogue);
  const all = useDownloads((state) => state.downloads);
  // What was deleted since it came is no longer told as stored.
  const isGone = (wanted: Wanted | null) => wanted !== null && !isHere(wanted.record, catalogue);
  const downloads = all.filter(({ state, target, draft }) => state !== 'done' || !(isGone(target) || isGone(draft)));
  const elsewhere = useOtherTabs((state) => state.downloads);
  // What this tab began earlier, and another goes on with, is shown once.
  const own = downloads.filter(({ key }) => !elsewhere.some((each) => each.key === key));
  if (own.length + elsewhere.length === 0) return null;
  return (
    <section className="hub-part" aria-labelledby="hub-downloads">
      <h3 id="hub-downloads">{words.downloads}</h3>
      {elsewhere.map((download) => (
        <DownloadElsewhere key={download.key} download={download} />
      ))}
      {own.map((download) => (
        <DownloadCard key={download.key} download={download} />
      ))}
    </section>
  );
}
