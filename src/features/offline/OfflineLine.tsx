import { showOffline } from '../../actions/offline';
import { Button } from '../../ui/Button';
import { offline as words } from '../../ui/texts/offline';
import './offline.css';
import { useReadiness } from './useReadiness';

/** Whether the page works offline, in one line that opens the rest. */
export function OfflineLine() {
  const readiness = useReadiness();
  return (
    <p className="offline-line" data-ready={readiness === 'ready'}>
      <Button look="quiet" onPress={() => void showOffline.perform()}>
        {words.line(words.states[readiness])}
      </Button>
    </p>
  );
}
