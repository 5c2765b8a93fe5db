import { type ReactNode, useEffect, useRef, useState } from 'react';
import { showOffline, update } from '../../actions/offline';
import { useLoading } from '../../store/loading';
import { noteReadyTold, useOffline, useOfflineMemory } from '../../store/offline';
import { canTellReady } from '../../store/prepareOffline';
import { useSettings } from '../../store/settings';
import { useShell } from '../../store/shell';
import { dismissSleep, useTab } from '../../store/tab';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { formatSeconds } from '../../ui/format';
import { offline as words } from '../../ui/texts/offline';
import './notices.css';

/** Long enough to be read twice. */
const READY_TOLD_MS = 12_000;

/** What a person should hear once, in a corner that moves nothing else: that the page works offline, that there is a newer one, that the tab slept. */
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
      {tellsReady ? <ReadyCall /> : null}
    </div>
  );
}

/** Leaves by itself, unless it is looked at: the line beside the models goes on saying so. */
function ReadyCall() {
  const call = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!call.current?.matches(':hover, :focus-within')) noteReadyTold();
    }, READY_TOLD_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div ref={call}>
      <Call text={words.told}>
        <Button look="small" onPress={noteReadyTold}>
          {words.dismiss}
        </Button>
        <ActionButton action={showOffline} look="quiet" />
      </Call>
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

/** Kept true while any of what `canTellReady` looks at changes. */
function useTellsReady(): boolean {
  useShell();
  useOffline();
  useOfflineMemory();
  useLoading((state) => state.manifest);
  useSettings((settings) => settings.draft);
  return canTellReady();
}
