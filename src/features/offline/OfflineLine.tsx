import { showOffline } from '../../actions/offline';
import { Button } from '../../ui/Button';
import { offline as words } from '../../ui/texts/offline';
import './offline.css';
import { useReadiness } from './useReadiness';
import { useTellsReady } from './useTellsReady';

/** Whether the page works offline, in one line that opens the rest. */
export function OfflineLine() {
  const readiness = useReadiness();
  const tells = useTellsReady();
  return (
    <p className="offline-line" data-ready={readiness === 'ready'} data-told={tells || undefined}>
      <Button look="quiet" onPress={() => void showOffline.perform()}>
        {words.line(words.states[readiness])}
      </Button>
      {/* Announced by the notices. */}
      {tells ? <span aria-hidden="true">{words.toldHere}</span> : null}
    </p>
  );
}
