import { useEffect } from 'react';
import { useCatalogue } from '../../store/engine/catalogue';
import { lookAtBegun } from '../../store/models/downloads';
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
import { useShownDownloads } from './useShownDownloads';

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

/** What is on its way, begun from the list or in another tab; a model by its address is shown where its address stands. */
function Downloads() {
  const { listed } = useShownDownloads();
  const elsewhere = useOtherTabs((state) => state.downloads);
  if (listed.length + elsewhere.length === 0) return null;
  return (
    <section className="hub-part" aria-labelledby="hub-downloads">
      <h3 id="hub-downloads">{words.downloads}</h3>
      {elsewhere.map((download) => (
        <DownloadElsewhere key={download.key} download={download} />
      ))}
      {listed.map((download) => (
        <DownloadCard key={download.key} download={download} />
      ))}
    </section>
  );
}
