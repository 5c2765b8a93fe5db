import { type ComponentProps, type ReactNode, type RefObject, useCallback, useEffect, useRef } from 'react';
import { models } from '../../actions/models';
import { draftChoices } from '../../catalog/pairing';
import { modelsOf } from '../../catalog/spec';
import { LIMITS } from '../../core/types';
import { chosenPair, isTargetAChoice, useCatalogue, useTarget } from '../../store/engine/catalogue';
import { chooseDraft } from '../../store/engine/loading';
import { type AnySetting, forgetChosenSetting, useChosenSetting } from '../../store/run/chosenSetting';
import { changeSettings, useSettings } from '../../store/run/settings';
import { noteWrong, useTyped } from '../../store/run/typed';
import { ActionButton } from '../../ui/ActionButton';
import { Choices } from '../../ui/Choices';
import { formatRatio } from '../../ui/format';
import { NumberField } from '../../ui/NumberField';
import { settings as words } from '../../ui/texts';
import { gammaWords } from '../../ui/texts/decoding';
import { BackendChoice } from './BackendChoice';
import { TargetChoice } from './TargetChoice';

const MODES = [
  { value: 'speculative', label: words.modes.speculative },
  { value: 'plain', label: words.modes.plain },
] as const;

const DRAFTINGS = [
  { value: 'model', label: words.draftings.model },
  { value: 'ngram', label: words.draftings.ngram },
  { value: 'mixed', label: words.draftings.mixed },
] as const;

const LENGTHS = [
  { value: 'adaptive', label: words.lengths.adaptive },
  { value: 'fixed', label: words.lengths.fixed },
] as const;

const RULES = [
  { value: 'rejection', label: words.rules.rejection },
  { value: 'coupled', label: words.rules.coupled },
] as const;

/**
 * How a run decodes: common settings are open, the rest is folded into one line that summarises it.
 *
 * @param withMode whether speculation itself is a choice; a view that always does both leaves it out
 * @param children after the other settings
 */
export function SettingsForm({ withMode = true, children }: { readonly withMode?: boolean; readonly children?: ReactNode }) {
  const { mode: chosenMode, drafting, adaptive, temperature, rule } = useSettings();
  const mode = withMode ? chosenMode : 'speculative';
  const several = useCatalogue(isTargetAChoice);
  const context = useContextLength();
  const fields = useRef<HTMLDivElement>(null);
  useFocusOnChosen(fields);
  const plain = mode === 'plain' ? words.unused.plain : null;
  const greedy = temperature === 0 ? words.unused.greedy : null;
  return (
    <div className="run-settings" ref={fields}>
      {withMode ? (
        <Setting name="mode">
          <Choices legend={words.names.mode} options={MODES} value={mode} onChange={(chosen) => changeSettings({ mode: chosen })} />
        </Setting>
      ) : null}
      {several || withMode ? (
        <div className="target-choice">
          {several ? (
            <Setting name="target">
              <TargetChoice />
            </Setting>
          ) : null}
          {withMode ? <ActionButton action={models} look="quiet" /> : null}
        </div>
      ) : null}
      <Setting name="draft">
        <DraftChoice unused={plain ?? (drafting === 'ngram' ? words.unused.ngram : null)} />
      </Setting>
      <MoreSettings plain={mode === 'plain'}>
        <Setting name="drafting">
          <Choices
            legend={words.names.drafting}
            options={DRAFTINGS}
            value={drafting}
            onChange={(chosen) => void chooseDraft({ drafting: chosen })}
            unused={plain}
          />
        </Setting>
        <Setting name="adaptive">
          <Choices
            legend={words.names.adaptive}
            options={LENGTHS}
            value={adaptive ? 'adaptive' : 'fixed'}
            onChange={(chosen) => changeSettings({ adaptive: chosen === 'adaptive' })}
            unused={plain}
          />
        </Setting>
        <NumberSetting name="gamma" {...LIMITS.gamma} unused={plain ?? (adaptive ? words.unused.adaptive : null)} />
        <NumberSetting name="maxTokens" {...LIMITS.maxTokens} max={context} />
        <NumberSetting name="temperature" {...LIMITS.temperature} step={0.1} />
        <NumberSetting name="seed" min={0} max={null} unused={greedy} />
        <Setting name="rule">
          <Choices
            legend={words.names.rule}
            options={RULES}
            value={rule}
            onChange={(chosen) => changeSettings({ rule: chosen })}
            unused={plain ?? greedy}
          />
        </Setting>
        <Setting name="backend">
          <BackendChoice />
        </Setting>
        {children}
      </MoreSettings>
    </div>
  );
}

/** Most tokens that the chosen models hold, prompt and answer together; null until they are known. */
function useContextLength(): number | null {
  const pair = chosenPair(useSettings(), useTarget());
  return pair && Math.min(...modelsOf(pair).map(({ context }) => context));
}

/** One setting, where it is found by name. */
function Setting({ name, children }: { readonly name: AnySetting; readonly children: ReactNode }) {
  return (
    <div className="setting" data-setting={name}>
      {children}
    </div>
  );
}

interface NumberSettingProps extends Omit<ComponentProps<typeof NumberField>, 'label' | 'value' | 'onChange' | 'whileWrong'> {
  readonly name: 'gamma' | 'maxTokens' | 'temperature' | 'seed';
}

/** A setting that is a number. What was typed and is no value of it stays until the fields are cleared. */
function NumberSetting({ name, ...range }: NumberSettingProps) {
  const value = useSettings((settings) => settings[name]);
  const cleared = useTyped((state) => state.cleared);
  const whileWrong = useCallback(() => noteWrong(name), [name]);
  return (
    <Setting name={name}>
      <NumberField
        key={cleared}
        label={words.names[name]}
        value={value}
        onChange={(next) => changeSettings({ [name]: next })}
        whileWrong={whileWrong}
        {...range}
      />
    </Setting>
  );
}

/** Gives the focus to a setting that was looked for; to the line above it where it cannot be changed now. */
function useFocusOnChosen(fields: RefObject<HTMLElement | null>): void {
  const name = useChosenSetting((state) => state.name);
  useEffect(() => {
    const setting = name === null ? null : fields.current?.querySelector(`[data-setting="${name}"]`);
    if (!setting) return;
    const field = setting.querySelector<HTMLElement>('input:enabled:checked, input:enabled:not([type="radio"])');
    (field ?? fields.current?.querySelector('summary'))?.focus();
    forgetChosenSetting();
  }, [name, fields]);
}

/** A line that summarises the folded settings, and opens them. */
function MoreSettings({ plain, children }: { readonly plain: boolean; readonly children: ReactNode }) {
  const { drafting, adaptive, gamma, maxTokens, temperature, seed, rule, allSettings } = useSettings();
  const parts = [
    ...(plain ? [] : [words.draftedBy(drafting), gammaWords(adaptive ? 'auto' : gamma)]),
    words.upTo(String(maxTokens)),
    temperature === 0 ? words.greedy : words.sampled(formatRatio(temperature), String(seed), words.rules[rule].toLowerCase()),
  ];
  return (
    <details className="more-settings" open={allSettings} onToggle={(event) => changeSettings({ allSettings: event.currentTarget.open })}>
      <summary>
        <b>{words.more}</b> <span>{parts.join(words.between)}</span>
      </summary>
      <div className="more-settings-fields">{children}</div>
    </details>
  );
}

function DraftChoice({ unused }: { readonly unused: string | null }) {
  const draft = useSettings((settings) => settings.draft);
  const target = useTarget();
  if (!target) {
    return (
      <div className="no-drafts">
        <p className="field-label">{words.names.draft}</p>
        <p>{words.draftsUnread}</p>
      </div>
    );
  }
  const options = draftChoices(target).map((choice) => ({ value: choice.id, label: words.draftLabel(choice) }));
  return (
    <Choices
      legend={words.names.draft}
      options={options}
      value={draft}
      onChange={(chosen) => void chooseDraft({ draft: chosen })}
      unused={unused}
    />
  );
}
