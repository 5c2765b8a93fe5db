import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type PlainSetting, RUN, SAMPLING, type Setting } from '../../src/core/declaredSettings';
import { FailureError } from '../../src/core/failure';
import { comparableRuns } from '../../src/core/run/comparison';
import { checkSettings, DEFAULT_RUN, type SettingField } from '../../src/core/settings';
import { changesBetween } from '../../src/core/settingsChange';
import type { RunEvent, RunSettings, StartEvent } from '../../src/core/types';
import { DEFAULT_PREPARED, PAGE_SETTINGS, PREPARED_NAMES, preparedSchema } from '../../src/formats/settings';
import { decodeTrace, encodeTrace } from '../../src/formats/trace/trace';
import { DEFAULT_SETTINGS, readSettings, runSettings } from '../../src/store/run/settings';

/** Speculative and sampled, so that every setting means something. */
const ASKED: RunSettings = { ...DEFAULT_RUN, sampling: { ...DEFAULT_RUN.sampling, temperature: 0.5 } };
const DECLARED = Object.entries<Setting>({ ...RUN, ...SAMPLING }) as [SettingField, Setting][];
const plainOf = (settings: Readonly<Record<string, Setting>>) =>
  Object.entries(settings).flatMap(([name, setting]) => (setting.kind === 'other' ? [] : [[name, setting] as const]));

function asked(name: string, value: unknown): RunSettings {
  const changed = { [name]: value };
  return name in RUN ? { ...ASKED, ...changed } : { ...ASKED, sampling: { ...ASKED.sampling, ...changed } };
}

/** Another good value of `setting`, one that it may have. */
function another(name: SettingField, setting: Setting): unknown {
  if (setting.kind === 'choice') return setting.values.find((each) => each !== setting.default);
  if (setting.kind === 'switch') return !setting.default;
  if (setting.kind === 'number') return name === 'temperature' ? 0.75 : setting.whole ? setting.default + 1 : 0.25;
  const others = { gamma: 3, stopStrings: ['.'], format: { type: 'json', schema: null }, seed: 9n, logitBias: { 7: 2 } } as const;
  return others[name as keyof typeof others];
}

/** What `setting` may not be, though it is of its kind. */
function wrong(setting: PlainSetting): unknown {
  if (setting.kind === 'switch') return 'yes';
  if (setting.kind === 'choice') return 'nothing';
  const { min, above, max, below } = setting;
  return min !== undefined ? min - 1 : above !== undefined ? above : max !== undefined ? max + 1 : below;
}

const start = (settings: RunSettings): StartEvent => ({
  ...({ type: 'start', prompt: 'A fox.', promptIds: [1, 2], settings, calibration: null } as const),
  labels: { target: 'target', draft: 'draft', adapter: 'memory' },
});
const run = (settings: RunSettings): RunEvent[] => [start(settings), { type: 'end', reason: 'length', endMs: 1 }];

function failureOf(action: () => unknown) {
  try {
    action();
  } catch (thrown) {
    return thrown instanceof FailureError ? thrown.failure : thrown;
  }
  return null;
}

describe('every setting that is declared', () => {
  it('has a name of its own and a default that is right', () => {
    expect(new Set(DECLARED.map(([, { name }]) => name)).size).toBe(DECLARED.length);
    expect(failureOf(() => checkSettings(DEFAULT_RUN))).toBeNull();
    expect(v.is(preparedSchema, DEFAULT_PREPARED)).toBe(true);
    expect(failureOf(() => checkSettings(runSettings(DEFAULT_SETTINGS)))).toBeNull();
  });

  it.each(plainOf({ ...RUN, ...SAMPLING }))('%s is refused by its name where it is wrong, in a run and in a trace', (name, setting) => {
    const settings = asked(name, wrong(setting));
    expect(failureOf(() => checkSettings(settings))).toMatchObject({
      code: 'invalid-setting',
      message: `${setting.name} is ${wrong(setting)}.`,
      hint: expect.stringMatching(/^Choose .+\.$/),
    });
    const document = JSON.parse(JSON.stringify({ ...encodeTrace(run(ASKED)), events: run(settings) }));
    expect(failureOf(() => decodeTrace(document))).toMatchObject({
      code: 'trace-invalid',
      message: expect.stringMatching(new RegExp(`${name}|${setting.name}`)),
    });
  });

  it.each(DECLARED)('%s is kept by a trace, and told among the changes unless it decides nothing', (name, setting) => {
    const settings = asked(name, another(name, setting));
    expect(settings).not.toEqual(ASKED);
    expect(failureOf(() => checkSettings(settings))).toBeNull();
    const kept = decodeTrace(JSON.parse(JSON.stringify(encodeTrace(run(settings))))).events;
    expect(changesBetween(start(settings), kept[0] as StartEvent)).toEqual([]);
    const changed = changesBetween(start(ASKED), start(settings)).map(({ field }) => field);
    if (setting.decides === 'report') expect(changed).toEqual([]);
    else expect(changed.filter((field) => field === name)).toEqual([name]);
  });

  it.each(DECLARED)('%s keeps two runs from being compared only where it decides the text', (name, setting) => {
    expect(comparableRuns(run(ASKED), run(asked(name, another(name, setting))))).toBe(setting.decides !== 'text');
  });
});

describe('every setting of the page', () => {
  it.each(plainOf(PAGE_SETTINGS))(
    '%s gives way to its default where what was remembered is wrong, and is refused in a playlist',
    (name, setting) => {
      const stored = { ...DEFAULT_PREPARED, [name]: wrong(setting) };
      expect(readSettings(stored)?.[name as keyof typeof PAGE_SETTINGS]).toBe(setting.default);
      expect(v.is(preparedSchema, stored)).toBe(false);
    },
  );

  it('reaches the run under its name', () => {
    const names = PREPARED_NAMES.filter((name) => name !== 'target' && name !== 'draft' && name !== 'adaptive' && name !== 'gamma');
    for (const name of names) {
      const value = another(name, PAGE_SETTINGS[name]);
      const { sampling, ...rest } = runSettings({ ...DEFAULT_SETTINGS, [name]: value });
      expect({ ...rest, ...sampling }, name).toHaveProperty(name, name === 'seed' ? 2 : value);
    }
    expect(runSettings({ ...DEFAULT_SETTINGS, adaptive: false, gamma: 7 }).gamma).toBe(7);
    expect(runSettings({ ...DEFAULT_SETTINGS, adaptive: true, gamma: 7 }).gamma).toBe('auto');
  });

  it('drafts at a fixed length on a first visit, so that every device shows drafts, and adapts where nobody watches', () => {
    expect(runSettings(DEFAULT_SETTINGS).gamma).toBe(4);
    expect(DEFAULT_RUN.gamma).toBe('auto');
  });
});
