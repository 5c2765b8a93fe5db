import type { Action } from '../../actions/action';
import { STAGE_ACTIONS, STAGE_STEP_ACTIONS } from '../../actions/present';
import { ACTIONS, spellKeys } from '../../actions/registry';
import { closePalette } from '../../store/page/palette';
import { Button } from '../../ui/Button';
import { Modal } from '../../ui/Modal';
import { palette as words } from '../../ui/texts/palette';
import type { Place } from './entries';
import './palette.css';

/** All keys that do something, by where they do it; from the registry of actions. */
export function Shortcuts({ places }: { readonly places: readonly Place[] }) {
  const ofStage = [...STAGE_ACTIONS, ...STAGE_STEP_ACTIONS];
  const keyed = ACTIONS.filter((action) => action.keys.length > 0 && !ofStage.includes(action));
  const rows = (actions: readonly Action[]) => actions.map(({ label, keys }) => ({ label, keys: keys.map(spellKeys).join(' ') }));
  return (
    <Modal label={words.keys} onClose={closePalette} className="shortcuts-help">
      <div className="shortcuts-head">
        <h2>{words.keys}</h2>
        <Button look="quiet" onPress={closePalette}>
          {words.close}
        </Button>
      </div>
      <div className="shortcuts-groups">
        <KeyList name={words.everywhere} rows={rows(keyed.filter(({ view }) => view === undefined))} />
        <KeyList name={words.outputHeading} rows={words.outputKeys} />
        <KeyList name={words.presenting} rows={rows(STAGE_ACTIONS)} />
        <KeyList name={words.presentingSteps} rows={rows(STAGE_STEP_ACTIONS)} />
        {places.map(({ id, label }) => (
          <KeyList key={id} name={words.elsewhere(label)} rows={rows(keyed.filter(({ view }) => view === id))} />
        ))}
      </div>
    </Modal>
  );
}

interface KeyListProps {
  readonly name: string;
  readonly rows: readonly { readonly label: string; readonly keys: string }[];
}

function KeyList({ name, rows }: KeyListProps) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <dl className="key-list">
        {rows.map(({ label, keys }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
