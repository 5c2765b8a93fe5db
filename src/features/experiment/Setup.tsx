import { EXPERIMENT_LIMITS, planRuns } from '../../core/study/experiment';
import { LIMITS } from '../../core/types';
import { changeExperiment, DRAFT_LENGTHS, draftKey, planOf, settledDrafts, useExperiment } from '../../store/modes/experiment';
import { Choices } from '../../ui/Choices';
import { formatCount } from '../../ui/format';
import { ManyChoices } from '../../ui/ManyChoices';
import { NumberField } from '../../ui/NumberField';
import { settings } from '../../ui/texts';
import { experiment } from '../../ui/texts/experiment';
import { PromptChoice } from './PromptChoice';
import { useDraftChoices } from './variantName';

const words = experiment.setup;

const RULES = [
  { value: 'rejection', label: settings.rules.rejection },
  { value: 'coupled', label: settings.rules.coupled },
] as const;

const ENDINGS = [
  { value: 'answer', label: words.endings.answer },
  { value: 'fixed', label: words.endings.fixed },
] as const;

const LENGTHS = DRAFT_LENGTHS.map((gamma) => ({ value: String(gamma), label: gamma === 'auto' ? words.adaptive : formatCount(gamma) }));

/** All that decides what is measured. */
export function Setup() {
  const form = useExperiment((state) => state.form);
  const { gammas, maxTokens, fixedLength, repetitions, temperature, rule, seed } = form;
  const { min, max } = LIMITS.gamma;
  const greedy = temperature === 0 ? settings.unused.greedy : null;
  return (
    <section className="setup" aria-label={words.heading}>
      <p className="setup-intro">{experiment.intro}</p>
      <PromptChoice />
      <div className="run-settings">
        <DraftChoices />
        <ManyChoices
          legend={words.gammas}
          options={LENGTHS}
          values={gammas.map(String)}
          onChange={(chosen) =>
            changeExperiment({
              gammas: chosen
                .map((value) => (value === 'auto' ? value : Number(value)))
                .filter((g) => g === 'auto' || (g >= min && g <= max)),
            })
          }
        />
        <NumberField
          label={words.maxTokens}
          value={maxTokens}
          onChange={(value) => changeExperiment({ maxTokens: value })}
          {...EXPERIMENT_LIMITS.maxTokens}
        />
        <Choices
          legend={words.ending}
          options={ENDINGS}
          value={fixedLength ? 'fixed' : 'answer'}
          onChange={(chosen) => changeExperiment({ fixedLength: chosen === 'fixed' })}
        />
        <NumberField
          label={words.repetitions}
          value={repetitions}
          onChange={(value) => changeExperiment({ repetitions: value })}
          {...EXPERIMENT_LIMITS.repetitions}
        />
        <NumberField
          label={settings.names.temperature}
          value={temperature}
          onChange={(value) => changeExperiment({ temperature: value })}
          {...LIMITS.temperature}
          step={0.1}
        />
        <NumberField
          label={settings.names.seed}
          value={seed}
          onChange={(value) => changeExperiment({ seed: value })}
          min={0}
          max={null}
          unused={greedy}
        />
        <Choices
          legend={settings.names.rule}
          options={RULES}
          value={rule}
          onChange={(chosen) => changeExperiment({ rule: chosen })}
          unused={greedy}
        />
      </div>
      <Size />
    </section>
  );
}

function DraftChoices() {
  const form = useExperiment((state) => state.form);
  const drafts = useDraftChoices();
  if (!drafts) return <p className="no-drafts">{words.noDrafts}</p>;
  const [first] = drafts;
  const options = [
    ...drafts.map((choice) => ({
      value: draftKey({ drafting: 'model', draft: choice.id }),
      label: settings.draftLabel(choice),
    })),
    { value: draftKey({ drafting: 'ngram' }), label: words.ngram },
    ...(first ? [{ value: draftKey({ drafting: 'mixed', draft: first.id }), label: words.mixed(first.name) }] : []),
  ];
  return (
    <ManyChoices
      legend={words.drafts}
      options={options}
      values={settledDrafts(form, drafts)}
      onChange={(values) => changeExperiment({ drafts: values })}
    />
  );
}

/** How many runs that makes. */
function Size() {
  const form = useExperiment((state) => state.form);
  const drafts = useDraftChoices() ?? [];
  const plan = planOf(form, drafts);
  return <p className="setup-size">{words.size(plan, planRuns(plan).length)}</p>;
}
