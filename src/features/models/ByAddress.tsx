import { type FormEvent, useId, useState } from 'react';
import { nameOfFolder, recordOf } from '../../catalog/records';
import { type Failure, toFailure } from '../../core/failure';
import { lookAt } from '../../store/models/downloads';
import { FailureNotice } from '../../ui/FailureNotice';
import { hubModels as words } from '../../ui/texts/hubModels';
import { DownloadCard } from './DownloadCard';
import { useShownDownloads } from './useShownDownloads';

/** A model from any address: looked at, and fetched, as published ones are; what comes of it, errors too, stands here. */
export function ByAddress() {
  const id = useId();
  const [folder, setFolder] = useState('');
  const [library, setLibrary] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const { byAddress } = useShownDownloads();
  const look = (event: FormEvent) => {
    event.preventDefault();
    try {
      const record = recordOf(folder, library);
      setFailure(null);
      void lookAt({ record, name: nameOfFolder(record.model) }, null);
    } catch (thrown) {
      setFailure(toFailure(thrown));
    }
  };
  return (
    <section className="hub-part" aria-labelledby="hub-address">
      <h3 id="hub-address">{words.address}</h3>
      <p className="hub-intro">{words.addressIntro}</p>
      <form className="hub-form" onSubmit={look}>
        <p className="hub-field">
          <label htmlFor={`${id}-folder`}>{words.folder}</label>
          <input id={`${id}-folder`} inputMode="url" autoComplete="off" value={folder} onChange={({ target }) => setFolder(target.value)} />
        </p>
        <p className="hub-field">
          <label htmlFor={`${id}-library`}>{words.library}</label>
          <input
            id={`${id}-library`}
            inputMode="url"
            autoComplete="off"
            value={library}
            onChange={({ target }) => setLibrary(target.value)}
          />
        </p>
        <button type="submit" className="button small">
          {words.look}
        </button>
      </form>
      {failure ? <FailureNotice failure={failure} /> : null}
      {byAddress.map((download) => (
        <DownloadCard key={download.key} download={download} />
      ))}
    </section>
  );
}
