import { useEffect, useRef } from 'react';
import { lookForNewer, protect, update } from '../../actions/offline';
import { useTarget } from '../../store/engine/catalogue';
import { dismissOfflineFailure, hideOfflinePanel, useOffline } from '../../store/offline/offline';
import { registerShell, useShell } from '../../store/offline/shell';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { FigureList } from '../../ui/FigureList';
import { formatBytes } from '../../ui/format';
import { openDialog } from '../../ui/openDialog';
import { failures, loading } from '../../ui/texts';
import { offline as words } from '../../ui/texts/offline';
import { ModelRow } from './ModelRow';
import './offline.css';
import { useReadiness } from './useReadiness';

/** All that this browser stores of the page: what, how much, whether it may be cleared. */
export function OfflinePanel() {
  const open = useOffline((state) => state.panel);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current) openDialog(dialog.current);
  }, [open]);
  if (!open) return null;
  return (
    <dialog className="offline-panel" ref={dialog} aria-labelledby="offline-heading" onClose={hideOfflinePanel}>
      <Contents />
    </dialog>
  );
}

function Contents() {
  const readiness = useReadiness();
  const { failure } = useOffline();
  const { shell, update: newer } = useShell();
  return (
    <>
      <h2 id="offline-heading">{words.heading}</h2>
      <p className="offline-state" data-ready={readiness === 'ready'}>
        {words[readiness]}
      </p>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={dismissOfflineFailure}>
            {failures.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
      <Parts />
      {shell === 'failed' ? (
        <p className="offline-note">
          {words.shellFailed}{' '}
          <Button look="quiet" onPress={() => void registerShell()}>
            {words.tryAgain}
          </Button>
        </p>
      ) : null}
      <Room />
      <div className="offline-actions">
        <ActionButton action={protect} look="small" />
        {newer === 'none' ? <ActionButton action={lookForNewer} look="small" /> : <ActionButton action={update} look="small" />}
        <Button look="small" onPress={hideOfflinePanel}>
          {words.close}
        </Button>
        <a href="./licences.txt" target="_blank" rel="noopener">
          {words.licences}
        </a>
      </div>
    </>
  );
}

function Parts() {
  const { shell, bytes } = useShell();
  const target = useTarget();
  const models = target ? [{ model: target.model, name: loading.target }, ...target.drafts] : [];
  return (
    <table className="offline-parts">
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{words.part}</th>
          <th scope="col">{words.size}</th>
          <th scope="col">{words.state}</th>
          <th scope="col">{words.change}</th>
        </tr>
      </thead>
      <tbody>
        <tr data-stored={shell === 'stored'}>
          <th scope="row">{words.page}</th>
          <td>{bytes === null ? '' : formatBytes(bytes)}</td>
          <td>{words.shell[shell]}</td>
          <td />
        </tr>
        {target ? (
          models.map(({ model, name }) => <ModelRow key={model.id} model={model} name={name} />)
        ) : (
          <tr>
            <td colSpan={4}>{words.unlisted}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Room() {
  const { room, protected: isProtected } = useOffline();
  const protection = isProtected === null ? words.protections.unknown : isProtected ? words.protections.yes : words.protections.no;
  const figures = [
    ...(room
      ? [
          { key: 'used', name: words.used, value: formatBytes(room.used) },
          { key: 'available', name: words.available, value: formatBytes(room.available) },
        ]
      : []),
    { key: 'protected', name: words.protection, note: isProtected === false ? words.protectionNote : undefined, value: protection },
  ];
  return <FigureList figures={figures} />;
}
