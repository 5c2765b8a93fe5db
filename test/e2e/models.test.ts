import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/built';
import { committed, idsOf, Visit } from './support/page';
import { servedBuild } from './support/served';
import { type Fault, FaultyServer } from './support/server';

const served = servedBuild();

interface Damage {
  readonly what: string;
  readonly file: string;
  readonly fault: Fault;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const weights = 'target/resolve/main/params_shard_0.bin';
/** Those of the list first: once it is there, it is asked for no more. */
const DAMAGES: readonly Damage[] = [
  {
    what: 'a manifest that is refused',
    file: 'manifest.json',
    fault: 'refused',
    code: 'server-refused',
    message: /^The list of models was refused: the server answered 429\.$/,
    hint: /^The server is busy\. Wait 120 s/,
  },
  {
    what: 'a missing manifest',
    file: 'manifest.json',
    fault: 'missing',
    code: 'file-missing',
    message: /^The list of models is missing: .* answered 404\.$/,
    hint: /folder models\//,
  },
  {
    what: 'a manifest cut short',
    file: 'manifest.json',
    fault: 'cut',
    code: 'manifest-invalid',
    message: /^The list of models cannot be used/,
    hint: /^Serve the manifest\.json/,
  },
  {
    what: 'a missing weights file',
    file: weights,
    fault: 'missing',
    code: 'file-missing',
    message: /^A model file is missing: target\/.*params_shard_0\.bin \(the server answered 404\)\.$/,
    hint: /Run again once it does\.$/,
  },
  {
    what: 'a weights file cut short',
    file: weights,
    fault: 'cut',
    code: 'file-damaged',
    message: /params_shard_0\.bin; it ends after \d+ of \d+ bytes\.$/,
    hint: /^Run again to download it again\./,
  },
  {
    what: 'a weights file with a wrong bit',
    file: weights,
    fault: 'damaged',
    code: 'file-damaged',
    message: /params_shard_0\.bin; its SHA-256 is not the one in the manifest\.$/,
    hint: /^Run again to download it again\./,
  },
  {
    what: 'a library with a wrong bit',
    file: 'libraries/target-subgroups.wasm',
    fault: 'damaged',
    code: 'file-damaged',
    message: /target-subgroups\.wasm; its SHA-256 is not the one in the manifest\.$/,
    hint: /^Run again to download it again\./,
  },
  {
    what: 'a connection that breaks off',
    file: weights,
    fault: 'broken-off',
    code: 'network',
    message: /^The download of target\/.*params_shard_0\.bin broke off\.$/,
    hint: /^Check the connection and run again/,
  },
  {
    what: 'a weights file that is refused',
    file: weights,
    fault: 'refused',
    code: 'server-refused',
    message: /^The model file target\/.*params_shard_0\.bin was refused: the server answered 429\.$/,
    hint: /^The server is busy\. Wait 120 s, then try again; files that are complete are kept\.$/,
  },
];

interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  sha256: string;
}

/** The list of models, as it is served. */
function readList(): {
  readonly models: Record<string, { readonly files: ListedFile[]; libraries: ({ needs: string[] } & ListedFile)[] }>;
} {
  return JSON.parse(fs.readFileSync(path.join(BUILT, 'models/manifest.json'), 'utf8'));
}

/** One after another in one visit, as on a bad day: what failed before is no hindrance. */
describe('model files that fail', () => {
  let visit: Visit;

  beforeAll(async () => {
    const [first] = DAMAGES;
    if (first) served.server.break(`models/${first.file}`, first.fault);
    visit = await Visit.open(served.browser, served.server.url);
    expect((await visit.failure()).code).toBe(first?.code);
    await visit.set('Most tokens', 3);
  });
  afterAll(() => visit.close());

  for (const { what, file, fault, code, message, hint } of DAMAGES) {
    it(`${what}: says so and what to do, and keeps the prompt`, async () => {
      served.server.repair();
      served.server.break(`models/${file}`, fault);
      // Files that were complete are kept, and would not be asked for.
      await visit.page.evaluate(async () => Promise.all((await caches.keys()).map((name) => caches.delete(name))));
      await visit.start(`After ${what}.`);
      await expect.poll(async () => (await visit.failure()).message, { timeout: 90_000 }).toMatch(message);
      const failure = await visit.failure();
      expect(failure.code).toBe(code);
      expect(failure.hint).toMatch(hint);
      expect(await visit.tokens()).toEqual([]);
      expect(await visit.prompt.inputValue()).toBe(`After ${what}.`);
    });
  }

  it('are loaded without a reload once they are repaired', async () => {
    served.server.repair();
    await visit.runButton.click();
    await visit.ended();
    expect(committed(await visit.tokens())).toHaveLength(3);
    expect(await visit.alert.count()).toBe(0);
    expect(visit.uncaught).toEqual([]);
  });
});

describe('model files', () => {
  it('of two vocabularies are refused before any of them is downloaded', async () => {
    const manifest = readList();
    Object.assign(manifest.models.draft ?? {}, { vocabulary: 2047 });
    served.server.replace('models/manifest.json', JSON.stringify(manifest));
    const asked = served.server.requests.length;
    const visit = await Visit.open(served.browser, served.server.url);
    const { code, message, hint } = await visit.failure();
    expect(code).toBe('vocabulary-mismatch');
    expect(message).toContain('do not share a vocabulary');
    expect(hint).toContain('Choose a draft');
    expect(served.server.requests.slice(asked).filter((name) => name.endsWith('.bin'))).toEqual([]);
    served.server.repair();
    await visit.set('Most tokens', 3);
    await visit.run('Go on.');
    expect(await visit.alert.count()).toBe(0);
    await visit.close();
  });

  it('with several libraries: only the best that the adapter can run is downloaded', async () => {
    const manifest = readList();
    const runnable = new Set<string>();
    for (const model of Object.values(manifest.models)) {
      const base = model.libraries.at(-1);
      if (!base) throw new Error('the manifest lists no library');
      const absent = (needs: string[], name: string) => ({ ...base, needs, path: `libraries/${name}.wasm` });
      model.libraries = [absent(['telepathy'], 'telepathy'), { ...base, needs: ['subgroups'] }, absent([], 'slow')];
      runnable.add(`models/${base.path}`);
    }
    served.server.replace('models/manifest.json', JSON.stringify(manifest));
    const asked = served.server.requests.length;
    const visit = await Visit.open(served.browser, served.server.url);
    await visit.set('Most tokens', 3);
    expect(committed(await visit.run('Go on.'))).toHaveLength(3);
    const fetched = served.server.requests.slice(asked).filter((name) => name.startsWith('models/libraries/'));
    expect(new Set(fetched)).toEqual(runnable);
    served.server.repair();
    await visit.close();
  });

  it('that were complete are kept when another fails', async () => {
    served.server.break('models/target/resolve/main/tokenizer.json', 'missing');
    const visit = await Visit.open(served.browser, served.server.url);
    await visit.failure();
    served.server.repair();
    const asked = served.server.requests.length;
    await visit.set('Most tokens', 2);
    await visit.run('Go on.');
    const again = served.server.requests.slice(asked).filter((name) => name.startsWith('models/'));
    expect(again).not.toContain(`models/${weights}`);
    expect(again).toContain('models/target/resolve/main/tokenizer.json');
    await visit.close();
  });

  it('that are stored serve where the server refuses their list', async () => {
    const visit = await Visit.open(served.browser, served.server.url);
    await visit.set('Most tokens', 3);
    const before = await visit.run('Go on.');
    const keptLists = () => visit.page.evaluate(async () => (await (await caches.open('foretoken/lists')).keys()).length);
    await expect.poll(keptLists, { timeout: 60_000 }).toBe(1);
    served.server.break('models/manifest.json', 'refused');
    await visit.page.reload();
    await visit.set('Most tokens', 3);
    expect(idsOf(await visit.run('Go on.'))).toEqual(idsOf(before));
    expect(await visit.alert.count()).toBe(0);
    served.server.repair();
    await visit.close();
  });

  it('that were damaged in the browser’s own storage are fetched again', async () => {
    const visit = await Visit.open(served.browser, served.server.url);
    await visit.set('Most tokens', 3);
    const before = await visit.run('Go on.');
    await visit.page.evaluate(async (ending) => {
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          if (request.url.endsWith(ending)) await cache.put(request, new Response(new Uint8Array(64)));
        }
      }
    }, weights);
    const asked = served.server.requests.length;
    await visit.page.reload();
    expect(await visit.run('Go on.')).toEqual(before);
    expect(served.server.requests.slice(asked)).toContain(`models/${weights}`);
    await visit.close();
  });

  it('that never arrive: Stop is answered at once, and the next run fetches them again', async () => {
    served.server.break(`models/${weights}`, 'held');
    const visit = await Visit.open(served.browser, served.server.url);
    await visit.start('Go on.');
    await visit.page
      .getByText(/downloading/i)
      .first()
      .waitFor();
    await visit.stopButton.click();
    expect(await visit.ended()).toBe('Stopped before the run began.');
    // What was asked for before is still held; what is asked for now comes.
    served.server.forgive();
    await visit.set('Most tokens', 3);
    expect(committed(await visit.run('Go on.'))).toHaveLength(3);
    expect(await visit.alert.count()).toBe(0);
    served.server.repair();
    await visit.close();
  });

  it('that the browser has no room for: says so, and runs once there is room', async () => {
    const visit = await Visit.open(served.browser, 'about:blank');
    const storage = await visit.page.context().newCDPSession(visit.page);
    const origin = new URL(served.server.url).origin;
    await storage.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 });
    await visit.page.goto(served.server.url);
    const { code, message, hint } = await visit.failure();
    expect([code, message]).toEqual(['storage', 'A model file could not be kept; the storage may be full.']);
    expect(hint).toContain('Free some space');
    await storage.send('Storage.overrideQuotaForOrigin', { origin });
    await visit.set('Most tokens', 3);
    expect(committed(await visit.run('Go on.'))).toHaveLength(3);
    expect(await visit.alert.count()).toBe(0);
    await visit.close();
  });
});

describe('the program’s own files', () => {
  const assets = fs.readdirSync(path.join(BUILT, 'assets'));
  const parts = [
    { what: 'the engine’s worker', name: assets.find((name) => name.startsWith('engine.worker')) },
    { what: 'web-llm', name: assets.find((name) => name.startsWith('lib-')) },
  ];

  for (const { what, name } of parts) {
    it(`${what} missing: says so, and runs without a reload once it is repaired`, async () => {
      served.server.break(`assets/${name}`, 'missing');
      const visit = await Visit.open(served.browser, served.server.url);
      const { message, hint } = await visit.failure();
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
      await visit.start('Go on.');
      await visit.failure();
      served.server.repair();
      await visit.set('Most tokens', 3);
      expect(committed(await visit.run('Go on.'))).toHaveLength(3);
      expect(await visit.alert.count()).toBe(0);
      await visit.close();
    });
  }
});

describe('a server that has gone away', () => {
  it('does not matter once the models are loaded', async () => {
    const own = await FaultyServer.start(BUILT);
    const visit = await Visit.open(served.browser, own.url);
    await visit.set('Most tokens', 3);
    const before = await visit.run('Go on.');
    await own.close();
    expect(await visit.run('Go on.')).toEqual(before);
    await visit.close();
  });
});
