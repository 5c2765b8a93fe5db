import { describe, expect, it } from 'vitest';
import { toCsv } from '../../src/core/run/csv';
import { runCsv, versionOfFiles, worksheetCsv, worksheetJson } from '../../src/core/run/exports';
import type { ExperimentPlan } from '../../src/core/study/experiment';
import { eventsOf, measureAll, tokenOf } from './support/measured';

const VERSIONS = { page: '1.2.3', webLlm: '0.2.86', models: 'abcd' };
const PLAN: ExperimentPlan = {
  prompts: [{ kind: 'story', prompt: 'A story.' }],
  variants: [{ drafting: 'model', draft: 'Good draft', gamma: 4 }],
  ...{ maxTokens: 3, fixedLength: false, repetitions: 1, temperature: 0.8, rule: 'coupled', seed: 5 },
};
const measured = () =>
  measureAll(PLAN, (run) =>
    run.variant === null
      ? eventsOf(run, [[tokenOf(1, 'plain')], [tokenOf(2, 'plain')]], 10)
      : eventsOf(
          run,
          [[tokenOf(1, 'plain')], [tokenOf(9, 'rejected', { text: '=1+1' }), tokenOf(2, 'corrected', { text: 'say "no",\n', p: 0.25 })]],
          10,
        ),
  );

/** Cells of RFC 4180, quotes undone. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  it('follows RFC 4180', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "no"'],
          ['two\nlines', null],
          [1.5, true],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""no"""\r\n"two\nlines",\r\n1.5,true\r\n');
  });

  it('lets no text be run as a formula, and leaves numbers alone', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])
      expect(parse(toCsv(['a'], [[text]]))[1]).toEqual([`'${text}`]);
    expect(parse(toCsv(['a'], [[-1], [' =1'], ['a=1']]))).toEqual([['a'], ['-1'], [' =1'], ['a=1']]);
  });

  it('writes no half of a character', () => {
    expect(toCsv(['a'], [['\ud800x\udc00😀']])).toBe('a\r\n\uFFFDx\uFFFD😀\r\n');
  });
});

describe('a run as CSV', () => {
  it('has a row a token, each naming mode, draft, γ, device and versions', () => {
    const speculative = measured().find(({ planned }) => planned.variant)?.events ?? [];
    const [head = [], ...rows] = parse(runCsv(speculative, VERSIONS));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('verdict')).toEqual(['plain', 'rejected', 'corrected']);
    expect(column('position')).toEqual(['0', '', '1']);
    expect(column('text')).toEqual([' 1', "'=1+1", 'say "no",\n']);
    expect(column('p')).toEqual(['0.5', '0.5', '0.25']);
    for (const [name, value] of [
      ['mode', 'speculative'],
      ['draft', 'Good draft'],
      ['gamma', '4'],
      ['rule', 'coupled'],
      ['seed', '5'],
      ['device', 'memory'],
      ['page_version', '1.2.3'],
      ['web_llm_version', '0.2.86'],
      ['models_version', 'abcd'],
    ] as const)
      expect(column(name)).toEqual([value, value, value]);
    for (const row of rows) expect(row).toHaveLength(head.length);
  });

  it('keeps the raw verdict of what stands past the end, and marks it in a column of its own', () => {
    const [planned] = measured()
      .map((each) => each.planned)
      .filter(({ variant }) => variant);
    if (!planned) throw new Error('the plan has a speculative run');
    const rounds = [
      [tokenOf(1, 'plain')],
      [tokenOf(9, 'rejected'), tokenOf(8, 'discarded'), tokenOf(2, 'corrected')],
      [tokenOf(3, 'accepted'), tokenOf(4, 'discarded')],
    ];
    const [head = [], ...rows] = parse(runCsv(eventsOf(planned, rounds, 10), VERSIONS));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('verdict')).toEqual(['plain', 'rejected', 'discarded', 'corrected', 'accepted', 'discarded']);
    expect(column('past_end')).toEqual(['0', '0', '0', '0', '0', '1']);
  });

  it('leaves empty what plain decoding ignores, and is refused without a start', () => {
    const plain = measured().find(({ planned }) => !planned.variant)?.events ?? [];
    const [head = [], first = []] = parse(runCsv(plain, VERSIONS));
    expect(['mode', 'draft', 'gamma', 'rule'].map((name) => first[head.indexOf(name)])).toEqual(['plain', '', '', '']);
    expect(() => runCsv([], VERSIONS)).toThrow(RangeError);
  });
});

describe('the worksheet', () => {
  it('as CSV has a row a line, with conditions and versions', () => {
    const [head = [], ...rows] = parse(worksheetCsv(measured(), VERSIONS));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('kind')).toEqual(['story', 'story', 'all', 'all']);
    expect(column('mode')).toEqual(['plain', 'speculative', 'plain', 'speculative']);
    expect(column('gamma')).toEqual(['', '4', '', '4']);
    expect(column('rejected')).toEqual(['0', '1', '0', '1']);
    expect(column('outputs_identical')).toEqual(['0', '1', '0', '1']);
    expect(new Set(column('models_version'))).toEqual(new Set(['abcd']));
  });

  it('as JSON has all its runs', () => {
    const sheet = JSON.parse(JSON.stringify(worksheetJson(measured(), VERSIONS)));
    expect(sheet).toMatchObject({ format: 'foretoken-worksheet', versions: VERSIONS });
    expect(sheet.rows).toHaveLength(4);
    expect(sheet.runs).toHaveLength(2);
    expect(sheet.runs.find((run: { conditions: { mode: string } }) => run.conditions.mode === 'speculative').tokens).toHaveLength(3);
  });
});

it('files have one version for as long as no hash changes', () => {
  expect(versionOfFiles(['a', 'b'])).toBe(versionOfFiles(['a', 'b']));
  expect(versionOfFiles(['a', 'b'])).not.toBe(versionOfFiles(['b', 'a']));
  expect(versionOfFiles([])).toMatch(/^[0-9a-f]{16}$/);
});
