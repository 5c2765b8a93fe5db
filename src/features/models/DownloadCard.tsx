import type { ReactNode } from 'react';
import { useWork } from '../../store/engine/work';
import {
  cancelDownload,
  chooseDownloaded,
  type Download,
  dismissDownload,
  isFetching,
  lookAgain,
  lookAtTargetAlone,
  pauseDownload,
  startDownload,
  useDownloads,
} from '../../store/models/downloads';
import { useOtherTabs } from '../../store/models/otherTabs';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { hubModels as words } from '../../ui/texts/hubModels';
import { DownloadPlanFigures } from './DownloadPlanFigures';
import { DownloadProgress } from './DownloadProgress';
import { Expected } from './Expected';
import { fetchable } from './fetchable';

/** A model or a pair that a person asked about: what it takes, to agree to, and how far it is. */
export function DownloadCard({ download }: { readonly download: Download }) {
  const { state, plan } = download;
  const name = nameOf(download);
  return (
    <section className="hub-download" data-state={state} aria-label={name}>
      <h4>{name}</h4>
      <p className="visually-hidden" role="status">
        {words.announced(name, words.announce[state])}
      </p>
      {state === 'looking' ? <p>{words.looking}</p> : null}
      <Failures download={download} />
      <ExpectedOf download={download} />
      {plan && state !== 'looking' && state !== 'done' ? <DownloadPlanFigures download={download} /> : null}
      {state === 'fetching' ? <DownloadProgress download={download} name={name} /> : null}
      {state === 'paused' ? <p>{words.paused}</p> : null}
      {state === 'done' ? <p>{words.done}</p> : null}
      <div className="hub-actions">
        <Actions download={download} name={name} />
      </div>
      {state === 'fetching' || state === 'paused' ? <p className="hub-soft">{words.cancelNote}</p> : null}
    </section>
  );
}

/** How slow it would be, before it comes. */
function ExpectedOf({ download: { state, pair, plan } }: { readonly download: Download }) {
  if (!pair || !plan || state === 'looking' || state === 'fetching' || state === 'done') return null;
  const memory = plan.models.find(({ id }) => id === pair.target.id)?.memory;
  return <Expected model={pair.target} weightBytes={memory?.weights ?? null} />;
}

/** One that another tab of this page has under way. */
export function DownloadElsewhere({ download }: { readonly download: Download }) {
  const name = nameOf(download);
  return (
    <section className="hub-download" aria-label={name}>
      <h4>{name}</h4>
      <p>{words.otherTab}</p>
      <DownloadProgress download={download} name={name} />
    </section>
  );
}

export function nameOf({ target, draft }: Pick<Download, 'target' | 'draft'>): string {
  return draft ? words.pairOf(target.name, draft.name) : target.name;
}

/** Why it could not be looked at, what of it could not be had, or what stands in the way of it. */
function Failures({ download }: { readonly download: Download }) {
  const { state, failure, transfer, plan, pair } = download;
  const failures = state === 'failed' && !failure ? (transfer?.failures ?? []) : [];
  const nameOfModel = (id: string) => [pair?.target, pair?.draft].find((each) => typeof each === 'object' && each?.id === id);
  return (
    <>
      {failure ? <FailureNotice failure={failure} /> : null}
      {failures.length > 1 ? <p>{words.failedFiles(failures.length)}</p> : null}
      {failures.map((each) => (
        <FailureNotice key={each.file} failure={each.failure} />
      ))}
      {state === 'done' || state === 'looking'
        ? null
        : plan?.obstacles.map((obstacle) => {
            const { message, hint } = words.obstacle(obstacle, (id) => {
              const model = nameOfModel(id);
              return typeof model === 'object' && model ? model.name : id;
            });
            return <FailureNotice key={message} failure={{ code: 'model-too-large', message, hint }} />;
          })}
    </>
  );
}

function Actions({ download, name }: { readonly download: Download; readonly name: string }): ReactNode {
  const { key, state, pair, plan, failure, draft, target } = download;
  const other = isFetching(useDownloads(), useOtherTabs()) && state !== 'fetching';
  const busy = useWork(({ current }) => current !== null);
  const cancel = (
    <Button look="quiet" name={words.cancelOf(name)} onPress={() => void cancelDownload(key)}>
      {words.cancel}
    </Button>
  );
  if (state === 'looking') return cancel;
  if (state === 'done') {
    return (
      <>
        <Button look="small" disabled={busy} onPress={() => void chooseDownloaded(key)}>
          {words.chooseNow}
        </Button>
        <Button look="quiet" onPress={() => dismissDownload(key)}>
          {words.dismiss}
        </Button>
      </>
    );
  }
  if (state === 'fetching') {
    return (
      <>
        <Button look="small" name={words.pauseOf(name)} onPress={() => pauseDownload(key)}>
          {words.pause}
        </Button>
        {cancel}
      </>
    );
  }
  const canFetch = fetchable(download) && !other;
  if (state === 'looked') {
    return (
      <>
        <Button
          look="primary"
          name={words.fetchOf(plan?.fetchBytes ?? 0, name)}
          disabled={!canFetch}
          onPress={() => void startDownload(key)}
        >
          {words.fetch(plan?.fetchBytes ?? 0)}
        </Button>
        <Button look="small" name={words.notNowOf(name)} onPress={() => void cancelDownload(key)}>
          {words.notNow}
        </Button>
        {other ? <span className="hub-soft">{words.oneAtATime}</span> : null}
      </>
    );
  }
  // Paused, or failed: while its small files were fetched, as a pair, or while the large ones were.
  const isMismatch = failure?.code === 'vocabulary-mismatch' || failure?.code === 'rollback-missing';
  const label = state === 'paused' ? words.goOn(plan?.fetchBytes ?? null) : words.retry;
  return (
    <>
      {isMismatch && draft ? (
        <Button look="small" onPress={() => void lookAtTargetAlone(key)}>
          {words.alone(target.name)}
        </Button>
      ) : (
        <Button
          look="small"
          name={state === 'paused' ? words.goOnOf(label, name) : words.retryOf(name)}
          disabled={other || (pair !== null && !fetchable(download))}
          onPress={() => void (pair || state === 'paused' ? startDownload(key) : lookAgain(key))}
        >
          {label}
        </Button>
      )}
      {cancel}
      {other ? <span className="hub-soft">{words.oneAtATime}</span> : null}
    </>
  );
}
