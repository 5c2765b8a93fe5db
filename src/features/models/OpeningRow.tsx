import { useWork } from '../../store/engine/work';
import { cancelOpening, chooseOpened, dismissOpening, type OpenedFile, type Opening } from '../../store/models/ownModels';
import { useSettings } from '../../store/run/settings';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { formatBytes, formatClock } from '../../ui/format';
import { Progress } from '../../ui/Progress';
import { models as words } from '../../ui/texts/models';

/** One or two files that are opened together: what each is, how far it is, and how it ended. */
export function OpeningRow({ opening }: { readonly opening: Opening }) {
  const { key, files, state, failure } = opening;
  const names = files.map(({ name }) => name).join(words.and);
  return (
    <section className="opening" data-state={state} aria-label={words.progressOf(names)}>
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: files keep their places, and two may have one name.
        <FileRow key={index} file={file} opening={opening} />
      ))}
      {failure ? <FailureNotice failure={failure} /> : null}
      <p className="visually-hidden" role="status">
        {state === 'open' || state === 'failed' ? '' : words.announce(names, endOf(opening))}
      </p>
      <div className="opening-actions">
        {state === 'open' ? (
          <Button look="small" name={words.cancelOf(names)} onPress={() => cancelOpening(key)}>
            {words.cancel}
          </Button>
        ) : (
          <>
            <UseIt opening={opening} />
            <Button look="quiet" onPress={() => dismissOpening(key)}>
              {words.dismiss}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

/** Where the models were at work when the file was ready, choosing it waits for a person. */
function UseIt({ opening: { key, files, state } }: { readonly opening: Opening }) {
  const busy = useWork(({ current }) => current !== null);
  const target = useSettings((settings) => settings.target);
  const isChosen = files.some(({ made }) => made?.id === target);
  if (state !== 'done' || isChosen) return null;
  return (
    <Button look="small" disabled={busy} onPress={() => void chooseOpened(key)}>
      {words.use}
    </Button>
  );
}

function endOf({ files, state }: Opening): string {
  if (state === 'cancelled') return files.some(({ made }) => made) ? words.cancelledRest : words.cancelled;
  return files.every(({ made }) => made && !made.isNew) ? words.there : words.made;
}

function FileRow({ file, opening }: { readonly file: OpenedFile; readonly opening: Opening }) {
  const { name, bytes, progress, made } = file;
  const isUnderWay = opening.state === 'open' && !made;
  return (
    <div className="opening-file">
      <p>
        <b>{name}</b> {progress ? words.about(progress.family, formatBytes(bytes)) : formatBytes(bytes)}
      </p>
      {progress && isUnderWay ? (
        <>
          <p className="opening-room">
            {words.writes(formatBytes(progress.writeBytes), progress.room === null ? null : formatBytes(progress.room))}
          </p>
          <Progress label={words.progressOf(name)} done={progress.readBytes} total={progress.totalBytes} text={progressWords(file)} />
        </>
      ) : (
        <p className="opening-state">{stateWords(file, opening)}</p>
      )}
    </div>
  );
}

function stateWords({ made }: OpenedFile, { state }: Opening): string {
  if (made) return made.isNew ? words.made : words.there;
  return { open: words.reading, cancelled: words.cancelled, failed: words.failed, done: words.there }[state];
}

function progressWords({ progress, rate }: OpenedFile): string {
  if (!progress) return '';
  const { readBytes, totalBytes } = progress;
  const how = words.progress(formatBytes(readBytes), formatBytes(totalBytes));
  if (rate === null || rate <= 0) return how;
  return [how, words.rate(formatBytes(rate)), words.left(formatClock((1000 * (totalBytes - readBytes)) / rate))].join(' · ');
}
