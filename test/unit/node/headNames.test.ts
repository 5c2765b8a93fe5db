import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { weightsOf } from '../../../src/catalog/spec';
import { type NodeEngine, openEngine } from '../../../src/node/engine';
import { choosePair } from '../../../src/node/models';

const PAGE_FOLDER = path.resolve(import.meta.dirname, '../../../public');
const LIST = path.resolve(import.meta.dirname, '../../fixtures/head');
const { signal } = new AbortController();

let cacheFolder: string;
let node: NodeEngine;
beforeAll(async () => {
  cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'head-names-'));
  node = await openEngine({ device: 'cpu', threads: 1, cacheFolder, pageFolder: PAGE_FOLDER });
});
afterAll(() => fs.rmSync(cacheFolder, { recursive: true }));

const choose = (target: string, draft?: string) => choosePair(target, draft, { ...node, lists: [], report: () => undefined, signal });

it('a head is named by its list and its id, and refused by name where nothing keeps the states that it reads', async () => {
  const { pair, drafting } = await choose(`${LIST}#tiny-target`, `${LIST}#tiny-head`);
  expect([pair.target.id, drafting]).toEqual(['tiny-target', 'model']);
  expect(pair.draft).toMatchObject({ id: 'tiny-head', statesOf: weightsOf(pair.target) });
  await expect(node.engine.load({ type: 'load', pair }, () => undefined, signal)).rejects.toMatchObject({
    failure: { code: 'feature-missing', message: expect.stringContaining('reads the hidden states of its target') },
  });
});

it('without a name of its own, a head drafts only where WebGPU computes', async () => {
  expect(await choose(`${LIST}#tiny-target`)).toMatchObject({ drafting: 'ngram', pair: { draft: null } });
});

it('an id that its list does not have is told with those that it has', async () => {
  await expect(choose(`${LIST}#tiny-target`, `${LIST}#other`)).rejects.toMatchObject({
    failure: { code: 'command-invalid', message: 'There is no model "other".', hint: expect.stringContaining('tiny-head') },
  });
});
