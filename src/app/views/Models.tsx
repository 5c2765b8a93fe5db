import { Models as ModelsView } from '../../features/models';
import { Notices } from '../../features/notices';
import { hubModels as words } from '../../ui/texts/hubModels';
import './wide.css';

/** The models that the page has, and those that it can fetch. */
export function Models() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <ModelsView />
    </main>
  );
}
