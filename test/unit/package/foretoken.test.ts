import { afterAll, describe, expect, it } from 'vitest';
import { Foretoken } from '../../../src/package';
import { all, embeddedEngine, PROMPT } from './support';

const here = embeddedEngine();
const made: Foretoken[] = [];
const make = (options: ConstructorParameters<typeof Foretoken>[0] = {}) => {
  const llm = new Foretoken({ modelLists: here.lists, ...options });
  made.push(llm);
  return llm;
};
afterAll(() => Promise.all(made.map((llm) => llm.unload())));

describe('three lines of code', () => {
  it('give the target’s own text with drafts, in pieces and as a whole', async () => {
    const told: number[] = [];
    const llm = make({ model: 'embedded', speculative: true, numDraftTokens: 6, onProgress: (progress) => void told.push(progress) });
    const generation = llm.generate(PROMPT, { temperature: 0 });
    const pieces = await all(generation);
    const { text, finishReason, usage } = await generation.result();
    expect([pieces.join(''), told.at(-1)]).toEqual([text, 1]);
    expect(pieces.length).toBeLessThan(usage?.completion_tokens ?? 0);
    expect([finishReason, (usage?.extra.num_accepted_tokens ?? 0) > 0]).toEqual(['stop', true]);
    const plain = await here.engine.chat.completions.create({ messages: [{ role: 'user', content: PROMPT }], temperature: 0 });
    expect(text).toBe(plain.choices[0]?.message.content);
    expect((await llm.generate([{ role: 'user', content: PROMPT }], { temperature: 0 }).result()).text).toBe(text);
  });

  it('may be left in the middle, and tell what there is', async () => {
    const llm = make();
    const generation = llm.generate('Count from 1 to 120.', { temperature: 0 });
    let first = '';
    for await (const piece of generation) {
      first = piece;
      break;
    }
    expect(await generation.result()).toEqual({ text: first, finishReason: 'abort', usage: null });
    expect((await llm.generate(PROMPT, { max_tokens: 2 }).result()).usage?.completion_tokens).toBe(2);
  });

  it('fail with what is wrong, and work once it is mended', async () => {
    expect(() => make({ numDraftTokens: 0 })).toThrow('The option "numDraftTokens" is 0.');
    expect(() => make({ numSpeculativeTokens: 3 } as object)).toThrow('There is no option "numSpeculativeTokens".');
    const llm = make();
    here.server.break('manifest.json', 'missing');
    const failing = llm.generate(PROMPT);
    await expect(failing.result()).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    await expect(failing.result()).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    here.server.repair();
    expect((await llm.generate(PROMPT, { max_tokens: 1 }).result()).finishReason).toBe('length');
    await expect(llm.generate('').result()).rejects.toMatchObject({ status: 400 });
  });
});
