import type { TargetSpec } from '../../catalog/resolve';
import { FIRST_DRAFT, WEAK_DRAFT } from '../../formats/settings';
import { idOfDraft, isEmbedded } from '../../store/engine/catalogue';
import { changeSettings, type Settings, useSettings } from '../../store/run/settings';
import { prompt as words } from '../../ui/texts';

/** An example that fills the prompt box. */
export interface Preset {
  readonly label: string;
  readonly prompt: string;
  /** Set where a weak draft is wrong more often than right; at which temperature that shows. */
  readonly hard: { readonly temperature: number } | null;
}

/** In the phrasing that the embedded pair was trained on. Random words need a temperature: at 0 the target repeats one of them for ever, which is easy to draft again. */
export const PRESETS: readonly Preset[] = [
  { label: 'A story', prompt: 'Tell a short story about a fox who finds a bell.', hard: null },
  { label: 'A JSON record', prompt: 'Turn this into JSON: Nora Berg is 34 years old, lives in Oslo and works as a baker.', hard: null },
  { label: 'A function', prompt: 'I need a TypeScript function that removes duplicates from a list. Document it.', hard: null },
  { label: 'Counting', prompt: 'Count from 1 to 30.', hard: null },
  {
    label: 'A copy with one change',
    prompt:
      'Rewrite this with the name changed from Tom to Anna: Tom took the red kite to the hill. On Sunday Tom walked to the harbour with a lamp. He gave the lamp to the baker.',
    hard: null,
  },
  { label: 'A question', prompt: 'What is speculative decoding?', hard: null },
  { label: 'Random words', prompt: 'Write 30 random words.', hard: { temperature: 0.8 } },
  {
    label: 'A list to copy',
    prompt: 'Copy this: mist coral palm wood cookie jacket gate butter cabin rain sail slate smoke thread cold bolt',
    hard: { temperature: 0 },
  },
];

/** For targets that answer any prompt. Much of the answer to a summary, a rewrite or a record stands in the prompt, where n-grams find it. */
export const ANY_PROMPT_PRESETS: readonly Preset[] = [
  { label: 'A question', prompt: 'Why is the sky blue?', hard: null },
  {
    label: 'A summary',
    prompt:
      'Summarize this in two sentences: Bees visit flowers to collect nectar and pollen. While they fly from flower to flower, pollen sticks to their bodies and reaches other flowers of the same kind. Many fruits and vegetables grow only if this happens. Where fields are sprayed, fewer bees survive, and farmers harvest less.',
    hard: null,
  },
  {
    label: 'A rewrite',
    prompt:
      'Rewrite this in the past tense: The train leaves the station at nine. It crosses the river, climbs into the hills and stops at a small village. The children wave from the platform.',
    hard: null,
  },
  { label: 'A list', prompt: 'List ten things to pack for a week of hiking.', hard: null },
  {
    label: 'A JSON record',
    prompt:
      'Write this as a JSON object with the keys name, age, city and job: Nora Berg is 34 years old, lives in Oslo and works as a baker.',
    hard: null,
  },
];

/** The examples that the target can answer. */
export function presetsFor(target: TargetSpec | null): readonly Preset[] {
  return isEmbedded(target) ? PRESETS : ANY_PROMPT_PRESETS;
}

type Chosen = Pick<Settings, 'prompt' | 'draft' | 'temperature'>;

/** What choosing a preset changes: the hard ones take the weak draft and their temperature along, and the next example gives both back unless they were changed since. */
export function presetChange(
  { prompt, hard }: Preset,
  now: Chosen,
  drafts: { readonly first: string; readonly weak: string },
): Partial<Chosen> {
  if (hard) return { prompt, draft: drafts.weak, temperature: hard.temperature };
  const before = PRESETS.find((preset) => preset.prompt === now.prompt)?.hard;
  const untouched = before && now.draft === drafts.weak && now.temperature === before.temperature;
  return untouched ? { prompt, draft: drafts.first, temperature: 0 } : { prompt };
}

/** Fills the prompt box with an example, wherever it is chosen. */
export function takePreset(preset: Preset): void {
  const now = useSettings.getState();
  const named = (wanted: string) => idOfDraft(wanted) ?? wanted;
  changeSettings(presetChange(preset, now, { first: named(FIRST_DRAFT), weak: named(WEAK_DRAFT) }));
}

/** Its prompt, and what it takes along. */
export function presetNote({ prompt, hard }: Preset): string {
  return hard ? words.hardTitle(prompt, String(hard.temperature)) : prompt;
}
