import { Suspense, useEffect } from 'react';
import { isModelFile, openModelFiles, useOwnModels } from '../store/models/ownModels';
import { usePresenter } from '../store/present/presenter';
import { useRecordings } from '../store/recordings/list';
import { openFile } from '../store/recordings/openFile';
import { useShare } from '../store/recordings/share';
import { later } from '../ui/later';

const ShareDialog = later('ShareDialog', () => import('../features/share'), 'aside');
const PresenterBar = later('PresenterBar', () => import('../features/present'), 'aside');
const ModelsDialog = later('ModelsDialog', () => import('../features/models'), 'aside');
const RecordingsDialog = later('RecordingsDialog', () => import('../features/recordings'), 'aside');

/** What lies over the page when it is asked for; and files that are dropped anywhere on it. */
export function Overlays() {
  useDroppedFiles();
  const sharing = useShare((state) => state.open);
  const presenting = usePresenter(({ at }) => at !== null);
  const choosing = useRecordings((state) => state.open);
  const opening = useOwnModels((state) => state.panel);
  return (
    <Suspense fallback={null}>
      {sharing ? <ShareDialog /> : null}
      {presenting ? <PresenterBar /> : null}
      {choosing ? <RecordingsDialog /> : null}
      {opening ? <ModelsDialog /> : null}
    </Suspense>
  );
}

/** Opens a file that is dropped on the page, which the browser would otherwise show in its place. */
function useDroppedFiles(): void {
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      const [file] = files;
      if (!file) return;
      event.preventDefault();
      const models = files.filter(isModelFile);
      void (models.length > 0 ? openModelFiles(models) : openFile(file));
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, []);
}
