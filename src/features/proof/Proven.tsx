import { proof as words } from '../../ui/texts/proof';

/** What was shown, and what was not. */
export function Proven({ shown, notShown }: { readonly shown: string; readonly notShown: string }) {
  return (
    <dl className="proven">
      <div>
        <dt>{words.provenHeading}</dt>
        <dd>{shown}</dd>
      </div>
      <div>
        <dt>{words.notProvenHeading}</dt>
        <dd>{notShown}</dd>
      </div>
    </dl>
  );
}
