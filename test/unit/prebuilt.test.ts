import { beforeAll, describe, expect, it } from 'vitest';
import { FIRST_CHOICES, familyOf } from '../../src/catalog/families';
import { draftsFor, fitOf } from '../../src/catalog/fitting';
import {
  type Prebuilt,
  type PrebuiltModel,
  type PrebuiltRecord,
  prebuiltModels,
  prebuiltRecords,
  versionFor,
} from '../../src/catalog/prebuilt';

const F16 = new Set(['shader-f16']);
let records: readonly PrebuiltRecord[];
let all: Prebuilt;
beforeAll(async () => {
  records = await prebuiltRecords();
  all = prebuiltModels(records);
});

function modelOf(name: string): PrebuiltModel {
  const found = all.models.find((model) => model.name === name);
  if (!found) throw new Error(`web-llm’s list has no ${name}`);
  return found;
}

const namesOf = (models: readonly PrebuiltModel[]) => models.map(({ name }) => name);

describe('web-llm’s list', () => {
  it('is offered whole, except what writes no text or cannot be read', () => {
    const offered = all.models.flatMap(({ versions }) => versions.flatMap(({ record, small }) => (small ? [record, small] : [record])));
    const ids = [...offered.map((record) => record.model_id), ...all.leftOut.map(({ id }) => id)];
    expect(ids.sort()).toEqual([...new Set(records.map((record) => record.model_id))].sort());
    const left = (why: string) => all.leftOut.filter((each) => each.why === why).map(({ id }) => id);
    expect(left('embedding').every((id) => id.startsWith('snowflake-arctic-embed'))).toBe(true);
    expect(left('embedding')).toHaveLength(4);
    expect(left('vision')).toEqual(['Phi-3.5-vision-instruct-q4f16_1-MLC', 'Phi-3.5-vision-instruct-q4f32_1-MLC']);
    expect(left('unreadable')).toEqual(['gemma-4-E2B-it-q4f16_1-MLC', 'gemma-4-E2B-it-q4f32_1-MLC']);
  });

  it('has quantisations of one model together, and short contexts with their long ones', () => {
    const { versions } = modelOf('Llama-3.1-8B-Instruct');
    expect(versions.map(({ quantisation }) => quantisation)).toEqual(['q4f32_1', 'q4f16_1']);
    for (const { record, small, needs, quantisation } of versions) {
      expect([record.overrides, small?.overrides]).toEqual([{ context_window_size: 4096 }, { context_window_size: 1024 }]);
      expect([record.model, record.model_lib]).toEqual([small?.model, small?.model_lib]);
      expect(needs).toEqual(quantisation === 'q4f16_1' ? ['shader-f16'] : []);
    }
    expect(modelOf('Qwen3-0.6B').versions.map(({ quantisation, small }) => [quantisation, small])).toEqual(
      ['q4f16_1', 'q4f32_1', 'q0f16', 'q0f32'].map((each) => [each, null]),
    );
  });

  it('offers each device the version that takes least and that its adapter can run', () => {
    const model = modelOf('Qwen2.5-7B-Instruct');
    expect(versionFor(model, F16)).toMatchObject({ quantisation: 'q4f16_1', memoryBytes: 5_106_670_000 });
    expect(versionFor(model, new Set())).toMatchObject({ quantisation: 'q4f32_1' });
    expect(versionFor(modelOf('Llama-3.1-70B-Instruct'), new Set())).toBeNull();
  });

  it('knows recurrent models by the records themselves', () => {
    const forgetful = all.models.filter(({ memory }) => memory !== 'attention');
    expect(namesOf(forgetful)).toEqual(['gemma3-1b-it', 'Qwen3.5-0.8B', 'Qwen3.5-2B', 'Qwen3.5-4B', 'Qwen3.5-9B']);
    const record = { model: 'a', model_lib: 'b', model_id: 'Other-1B-q4f16_1-MLC', overrides: { max_history_size: 1 } };
    expect(prebuiltModels([record]).models[0]).toMatchObject({ name: 'Other-1B', family: 'Other-1B', memory: 'recurrent' });
  });
});

describe('a draft of web-llm’s list', () => {
  it('fits a target of its family that is larger', () => {
    expect(namesOf(draftsFor(modelOf('Llama-3.1-8B-Instruct'), all.models))).toEqual(['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct']);
    expect(namesOf(draftsFor(modelOf('Qwen3-8B'), all.models))).toEqual(['Qwen3-0.6B', 'Qwen3-1.7B', 'Qwen3-4B']);
    expect(draftsFor(modelOf('Qwen3-0.6B'), all.models)).toEqual([]);
  });

  it('is refused with the reason', () => {
    const why = (target: string, draft: string) => fitOf(modelOf(target), modelOf(draft), new Map());
    expect(why('Qwen3-0.6B', 'Qwen3-8B')).toEqual({ fits: false, why: 'size' });
    expect(why('Qwen3-0.6B', 'Qwen3-0.6B')).toEqual({ fits: false, why: 'size' });
    expect(why('Qwen3-8B', 'Qwen2.5-0.5B-Instruct')).toEqual({ fits: false, why: 'family' });
    expect(why('Qwen3.5-9B', 'Qwen3.5-0.8B')).toEqual({ fits: false, why: 'memory', model: 'Qwen3.5-9B', memory: 'recurrent' });
    expect(why('gemma-2-9b-it', 'gemma3-1b-it')).toEqual({ fits: false, why: 'memory', model: 'gemma3-1b-it', memory: 'window' });
  });

  it('is judged for every pair of the list, and never fits both ways', () => {
    const pairs = all.models.flatMap((target) => all.models.map((draft) => ({ target, draft, fit: fitOf(target, draft, new Map()) })));
    const fitting = pairs.filter(({ fit }) => fit.fits);
    expect(fitting.length).toBeGreaterThan(50);
    for (const { target, draft } of fitting) {
      expect([target.memory, draft.memory, draft.family]).toEqual(['attention', 'attention', target.family]);
      expect(fitOf(draft, target, new Map())).toEqual({ fits: false, why: 'size' });
    }
  });

  it('is judged by both tokenizers’ content where that is known, whatever the families', () => {
    const [target, draft] = [modelOf('Qwen2.5-7B-Instruct'), modelOf('Qwen2-0.5B-Instruct')];
    const known = (of: string, other: string) => new Map([[target.name, of] as const, [draft.name, other] as const]);
    expect(fitOf(target, draft, known('a', 'a'))).toEqual({ fits: true, checked: true });
    expect(fitOf(target, modelOf('Qwen2.5-0.5B-Instruct'), known('a', 'a'))).toEqual({ fits: true, checked: false });
    const [own, coder] = [modelOf('Qwen2.5-7B-Instruct'), modelOf('Qwen2.5-Coder-0.5B-Instruct')];
    expect(
      fitOf(
        own,
        coder,
        new Map([
          [own.name, 'a'],
          [coder.name, 'b'],
        ]),
      ),
    ).toEqual({ fits: false, why: 'tokenizer' });
  });

  it('is offered first where it fits, for every model that is offered first', () => {
    for (const { target, drafts } of FIRST_CHOICES) {
      expect(drafts.length).toBeGreaterThan(0);
      for (const draft of drafts)
        expect(fitOf(modelOf(target), modelOf(draft), new Map()), `${draft} for ${target}`).toMatchObject({ fits: true });
    }
    const pairs = FIRST_CHOICES.map(({ target, drafts: [draft] }) => [target, draft]);
    const sizes = pairs.map(([target]) => versionFor(modelOf(target as string), new Set())?.memoryBytes ?? 0);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
});

it('A model of no known family has one of its own', () => {
  expect(familyOf('Unheard-of-1B')).toEqual({ name: 'Unheard-of-1B', memory: 'attention' });
});
