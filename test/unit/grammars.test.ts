import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ResponseFormat } from '../../src/core/types';
import { Grammars } from '../../src/model/cpu/grammars';
import { ChatText } from '../../src/model/cpu/text';
import { parseConfig } from '../../src/model/cpu/weights';
import { SHIPPED } from '../support/shipped';

const json = (name: string) => JSON.parse(fs.readFileSync(path.join(SHIPPED, 'target/resolve/main', name), 'utf8'));
const config = parseConfig(json('mlc-chat-config.json'));
const text = new ChatText(config, json('tokenizer.json'));
const grammars = new Grammars(config, text);
afterAll(() => grammars.close());

const of = (grammar: string): ResponseFormat => ({ type: 'grammar', grammar });

/** The characters that an answer may begin with. */
async function beginnings(format: ResponseFormat): Promise<string[]> {
  const mask = (await (await grammars.grammar(format, 0)).maskAfter([])) ?? new Uint32Array();
  const ids = Array.from({ length: config.vocab_size }, (_, id) => id).filter((id) => ((mask[id >>> 5] as number) >>> (id & 31)) & 1);
  return [...new Set(ids.map((id) => text.decode([id])[0] as string))].sort();
}

it('begin at the beginning each time: the same format again, another one and back, and after all was freed', async () => {
  const [first, second] = [of('root ::= "cat" | "dog"'), of('root ::= "fox"')];
  expect(await beginnings(first)).toEqual(['c', 'd']);
  const used = await grammars.grammar(first, 0);
  await used.advance(text.encode('c'));
  expect(await beginnings(first)).toEqual(['c', 'd']);
  expect(await beginnings(second)).toEqual(['f']);
  expect(await beginnings(first)).toEqual(['c', 'd']);
  grammars.close();
  grammars.close();
  expect(await beginnings(second)).toEqual(['f']);
});
