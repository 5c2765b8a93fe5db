import { afterEach, expect, it } from 'vitest';
import { serveRequests } from '../../src/store/api/serve';
import { useCatalogue } from '../../src/store/engine/catalogue';
import { useLoading } from '../../src/store/engine/loading';
import { occupy, stopWork, useWork } from '../../src/store/engine/work';
import { useSettings } from '../../src/store/run/settings';
import type { FromServingPage } from '../../src/sw/messages';
import { FURTHER_MANIFEST } from './support/manifest';
import { openPage } from './support/openPage';

/** Stands for the browser's container: messages come to it as from a service worker. */
class Container extends EventTarget {
  startMessages(): void {}
}

const container = new Container() as unknown as ServiceWorkerContainer;
let end: () => void = () => undefined;
afterEach(() => end());

/** A request as the service worker passes it on, and all that the page answers. */
class Asked {
  readonly #port: MessagePort;
  readonly answered: Promise<{ status: number; text: string }>;

  constructor(body: object, path = '/v1/chat/completions') {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.answered = new Promise((resolve) => {
      const answer = { status: 0, text: '' };
      port1.onmessage = ({ data }: MessageEvent<FromServingPage>) => {
        if (data.type === 'head') answer.status = data.status;
        if (data.type === 'piece') answer.text += data.text;
        if (data.type === 'end') resolve(answer);
      };
    });
    const request = { method: 'POST', path, body: JSON.stringify(body) };
    container.dispatchEvent(new MessageEvent('message', { data: { type: 'serve', request }, ports: [port2] }));
  }

  stop(): void {
    this.#port.postMessage({ type: 'stop' });
  }
}

const body = { messages: [{ role: 'user', content: 'A fox.' }], temperature: 0, max_tokens: 3 };

/** Has the models until the returned function is called. */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  void occupy('lesson', () => promise);
  return resolve;
}

it('a request waits for the work that has the models, and those that came before it', async () => {
  const engine = await openPage();
  await expect.poll(() => useCatalogue.getState().catalogue).not.toBe(null);
  end = serveRequests(container);
  const release = hold();
  const asked = ['A first.', 'A second.', 'A third.'].map((content) => new Asked({ ...body, messages: [{ role: 'user', content }] }));
  asked[1]?.stop();
  await expect.poll(() => useWork.getState().current).toBe('lesson');
  release();
  const [first, second, third] = await Promise.all(asked.map(({ answered }) => answered));
  expect([first?.status, third?.status]).toEqual([200, 200]);
  expect(JSON.parse(third?.text ?? '').usage.completion_tokens).toBe(3);
  // Nobody reads it.
  expect(second?.status).toBe(500);
  expect(engine.runs.map((run) => run.prompt)).toEqual(['A first.', 'A third.']);
  await expect.poll(() => useWork.getState().current).toBe(null);
});

it('a request is refused where too many wait', async () => {
  await openPage();
  end = serveRequests(container);
  const release = hold();
  const waiting = Array.from({ length: 32 }, () => new Asked(body));
  const { status, text } = await new Asked(body).answered;
  expect([status, JSON.parse(text).error.code]).toEqual([429, 'too_many_requests']);
  for (const each of waiting) each.stop();
  await Promise.all(waiting.map(({ answered }) => answered));
  release();
  const later = await new Asked(body).answered;
  expect(later.status).toBe(200);
});

it('a system message goes to a target whose chat template has a place for one, and to no other', async () => {
  const engine = await openPage({ further: () => Response.json(FURTHER_MANIFEST) });
  end = serveRequests(container);
  const asked = { ...body, messages: [{ role: 'system', content: 'Be brief.' }, ...body.messages] };
  expect((await new Asked(asked).answered).status).toBe(200);
  expect(engine.runs.at(-1)).not.toHaveProperty('system');
  useSettings.setState({ target: 'general' });
  expect((await new Asked(asked).answered).status).toBe(200);
  expect(engine.runs.at(-1)).toMatchObject({ pair: { target: { id: 'general' } }, system: 'Be brief.' });
});

it('Stop ends the request that has the models, all its answers, and sends those that wait away', async () => {
  const engine = await openPage();
  end = serveRequests(container);
  engine.options.hold = 3;
  const several = new Asked({ ...body, n: 3, max_tokens: 40 });
  await expect.poll(() => engine.runs.length).toBe(1);
  const waiting = new Asked(body);
  // Comes the same way, so that the one before it waits by then.
  expect((await new Asked({ ...body, model: 'none' }).answered).status).toBe(404);
  stopWork();
  engine.options.hold = null;
  const [stopped, sentAway] = await Promise.all([several.answered, waiting.answered]);
  expect(JSON.parse(stopped.text).choices.map((choice: { finish_reason: string }) => choice.finish_reason)).toEqual(['abort']);
  expect([sentAway.status, JSON.parse(sentAway.text).error.code]).toEqual([503, 'stopped']);
  expect(engine.runs).toHaveLength(1);
  expect((await new Asked(body).answered).status).toBe(200);
});

it('a text completion’s prompt stands as it is, and an answer without thoughts is begun', async () => {
  const engine = await openPage();
  end = serveRequests(container);
  const { status, text } = await new Asked({ prompt: 'A fox', max_tokens: 2 }, '/v1/completions').answered;
  expect([status, JSON.parse(text).object]).toEqual([200, 'text_completion']);
  expect(engine.runs.at(-1)).toMatchObject({ prompt: 'A fox', raw: true, turns: [] });
  expect((await new Asked({ ...body, extra_body: { enable_thinking: false } }).answered).status).toBe(200);
  expect(engine.runs.at(-1)).toMatchObject({ begun: '<think>\n\n</think>\n\n' });
  expect(engine.runs.at(-1)).not.toHaveProperty('raw');
});

it('a target that takes nothing out of its cache is decoded plainly, and the answer says so', async () => {
  const { models, ...list } = FURTHER_MANIFEST;
  const forgetful = { ...list, models: { general: { ...models.general, rollsBack: false } } };
  const engine = await openPage({ further: () => Response.json(forgetful) });
  end = serveRequests(container);
  useSettings.setState({ target: 'general' });
  const { status, text } = await new Asked(body).answered;
  expect([status, JSON.parse(text).usage.extra]).toMatchObject([200, { num_drafts: 0, plain_because: 'target_cache_does_not_roll_back' }]);
  expect(engine.runs.at(-1)).toMatchObject({ pair: { target: { id: 'general' }, draft: null }, settings: { mode: 'plain' } });
});

it('a request downloads no model that a person has not asked for', async () => {
  const engine = await openPage({ further: () => Response.json(FURTHER_MANIFEST), settings: { target: 'general' } });
  end = serveRequests(container);
  await expect.poll(() => useLoading.getState().unasked).toBe(true);
  const { status, text } = await new Asked(body).answered;
  expect([status, JSON.parse(text).error.code]).toEqual([503, 'model_not_loaded']);
  expect(engine.runs).toEqual([]);
});
