import type { RunSettings, SamplingSettings, StartEvent } from './types';

type Field = keyof Omit<RunSettings, 'sampling' | 'candidates'> | keyof SamplingSettings | 'prompt' | 'target' | 'draft' | 'adapter';

/** Something that two runs were asked, or ran on, differently; values as they are written. */
export interface Change {
  readonly field: Field;
  readonly before: string;
  readonly after: string;
}

/** What changed from the run that began with `before` to the one that began with `after`; of what one of them does not use, nothing is said. */
export function changesBetween(before: StartEvent, after: StartEvent): Change[] {
  const [a, b] = [fieldsOf(before), fieldsOf(after)];
  return (Object.keys(a) as Field[]).flatMap((field) => {
    const [one, other] = [a[field], b[field]];
    return one === undefined || other === undefined || one === other ? [] : [{ field, before: one, after: other }];
  });
}

function fieldsOf({ prompt, settings, labels }: StartEvent): Partial<Record<Field, string>> {
  const { sampling, mode, drafting, gamma, confidence, maxTokens, ignoreStopTokens, stopStrings, format } = settings;
  const { temperature, seed, rule, ...shaping } = sampling;
  const drafts = mode === 'speculative';
  return {
    prompt,
    mode,
    ...(drafts ? { draft: labels.draft ?? '', drafting, gamma: spelled(gamma), confidence: spelled(confidence) } : {}),
    maxTokens: spelled(maxTokens),
    temperature: spelled(temperature),
    // Nothing is drawn at temperature 0.
    ...(temperature > 0 ? { seed: spelled(seed), ...(drafts ? { rule } : {}) } : {}),
    ...Object.fromEntries(Object.entries(shaping).map(([field, value]) => [field, spelled(value)])),
    ...{ ignoreStopTokens: spelled(ignoreStopTokens), stopStrings: spelled(stopStrings), format: spelled(format) },
    ...{ target: labels.target, adapter: labels.adapter },
  };
}

function spelled(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
