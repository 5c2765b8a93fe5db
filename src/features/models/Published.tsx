import { useId, useState } from 'react';
import { FIRST_CHOICES } from '../../catalog/families';
import type { Prebuilt, PrebuiltModel } from '../../catalog/prebuilt';
import { readPublished, useMirror, usePublished } from '../../store/models/published';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { hubModels as words } from '../../ui/texts/hubModels';
import { PublishedModel } from './PublishedModel';

/** web-llm's list: a few first choices, and all of it. */
export function Published() {
  const { list, failure } = usePublished();
  const mirror = useMirror((state) => state.mirror);
  return (
    <section className="hub-part" aria-labelledby="hub-published">
      <h3 id="hub-published">{words.published}</h3>
      <p className="hub-intro">{words.publishedIntro(mirror === null ? words.hubs : new URL(mirror).host)}</p>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="small" onPress={() => void readPublished()}>
            {words.retry}
          </Button>
        </FailureNotice>
      ) : null}
      {list ? <Lists list={list} /> : failure ? null : <p>{words.unread}</p>}
    </section>
  );
}

function Lists({ list }: { readonly list: Prebuilt }) {
  const first = FIRST_CHOICES.flatMap(({ target, drafts }) => {
    const model = list.models.find(({ name }) => name === target);
    return model ? [{ model, drafts }] : [];
  });
  return (
    <>
      <h4>{words.first}</h4>
      <ul className="hub-published">
        {first.map(({ model, drafts }) => (
          <PublishedModel key={model.name} model={model} list={list} first={drafts[0] ?? null} />
        ))}
      </ul>
      <All list={list} />
    </>
  );
}

/** Their rows are made when they are asked for: each has its drafts looked up. */
function All({ list }: { readonly list: Prebuilt }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="fold" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.all(list.models.length)}</summary>
      {open ? <Search list={list} /> : null}
    </details>
  );
}

function Search({ list }: { readonly list: Prebuilt }) {
  const id = useId();
  const [text, setText] = useState('');
  const parts = text.toLowerCase().split(/\s+/);
  const found = list.models.filter(({ name, family }) => parts.every((part) => `${name} ${family}`.toLowerCase().includes(part)));
  return (
    <>
      <p className="hub-field">
        <label htmlFor={id}>{words.find}</label>
        <input id={id} type="search" value={text} autoComplete="off" onChange={({ target }) => setText(target.value)} />
      </p>
      {found.length === 0 ? <p>{words.noneFound}</p> : null}
      <ul className="hub-published">
        {found.map((model: PrebuiltModel) => (
          <PublishedModel key={model.name} model={model} list={list} first={null} />
        ))}
      </ul>
      <LeftOutRecords list={list} />
    </>
  );
}

function LeftOutRecords({ list: { leftOut } }: { readonly list: Prebuilt }) {
  return (
    <details className="fold">
      <summary>{words.leftOut(leftOut.length)}</summary>
      <ul className="hub-soft">
        {leftOut.map(({ id, why }) => (
          <li key={id}>
            {id}: {words.leftOutWhy[why]}
          </li>
        ))}
      </ul>
    </details>
  );
}
