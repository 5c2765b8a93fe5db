import { deviceOf, draftOf } from './run/device';
import { type SettingField, spelledSettings } from './settings';
import type { StartEvent } from './types';

/** A setting, or what else a run was started with. */
export type ChangedField = SettingField | 'prompt' | 'target' | 'draft' | 'adapter';

/** Something that two runs were asked, or ran on, differently; values as they are written. */
export interface Change {
  readonly field: ChangedField;
  readonly before: string;
  readonly after: string;
}

/** What changed from the run that began with `before` to the one that began with `after`; of what one of them does not use, nothing is said. */
export function changesBetween(before: StartEvent, after: StartEvent): Change[] {
  const later = new Map(fieldsOf(after));
  return fieldsOf(before).flatMap(([field, one]) => {
    const other = later.get(field);
    return other === undefined || one === other ? [] : [{ field, before: one, after: other }];
  });
}

function fieldsOf(start: StartEvent): [ChangedField, string][] {
  const { prompt, settings, labels } = start;
  const does = { drafting: settings.mode === 'speculative', drawing: settings.sampling.temperature > 0 };
  const asked = spelledSettings(settings).filter(
    ({ setting: { decides, needs = [] } }) => decides !== 'report' && needs.every((need) => does[need]),
  );
  return [
    ['prompt', prompt],
    ...(does.drafting ? [['draft', draftOf(start) ?? ''] as [ChangedField, string]] : []),
    ...asked.map(({ field, value }): [ChangedField, string] => [field, value]),
    ['target', labels.target],
    ['adapter', deviceOf(start)],
  ];
}
