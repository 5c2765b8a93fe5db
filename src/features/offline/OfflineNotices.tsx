import { type ReactNode, useState } from 'react';
import { update } from '../../actions/offline';
import { useShell } from '../../store/offline/shell';
import { dismissSleep, useTab } from '../../store/page/tab';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { formatSeconds } from '../../ui/format';
import { offline as words } from '../../ui/texts/offline';
import './notices.css';
import { useTellsReady } from './useTellsReady';

/** What a person should hear once: that there is a newer page and that the tab slept, below the head; that the page works offline, where it says so all the time. */
export function OfflineNotices() {
  const { update: newer } = useShell();
  const sleptMs = useTab((state) => state.sleptMs);
  const tellsReady = useTellsReady();
  const [postponed, setPostponed] = useState<typeof newer | null>(null);
  return (
    <div className="calls" role="status">
      {sleptMs === null ? null : (
        <Call text={words.slept(formatSeconds(sleptMs))}>
          <Button look="quiet" onPress={dismissSleep}>
            {words.dismiss}
          </Button>
        </Call>
      )}
      {newer === 'none' || newer === postponed ? null : (
        <Call text={{ waiting: words.update, applying: words.applying, elsewhere: words.elsewhere }[newer]}>
          <ActionButton action={update} look="small" />
          <Button look="quiet" onPress={() => setPostponed(newer)}>
            {words.later}
          </Button>
        </Call>
      )}
      <p className="visually-hidden">{tellsReady ? words.told : ''}</p>
    </div>
  );
}

function Call({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <div className="call">
      <p>{text}</p>
      <div className="call-actions">{children}</div>
    </div>
  );
}
