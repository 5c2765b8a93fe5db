import { vi } from 'vitest';
import type { PrebuiltRecord } from '../../../src/catalog/prebuilt';
import { beginMd5 } from '../../../src/storage/md5';
import { inShards } from '../../support/shards';

/**
 * What the hub does to a file, as test/support/hub.ts does: `missing`, `denied`, `refused` and `broken` are answers of 404, 401, 429 and 500; `busy` and `down` ask to come
 * back at once; `cut`, `long`, `damaged` and `html` are wrong content; `broken-off` ends in the middle; `held` waits there; `elsewhere` comes from another host.
 */
export type PageHubFault =
  | 'missing'
  | 'denied'
  | 'refused'
  | 'broken'
  | 'busy'
  | 'down'
  | 'cut'
  | 'long'
  | 'damaged'
  | 'html'
  | 'broken-off'
  | 'held'
  | 'elsewhere';

const STATUS: Partial<Record<PageHubFault, readonly [status: number, retryAfter?: string]>> = {
  missing: [404],
  denied: [401],
  refused: [429, '120'],
  broken: [500],
  busy: [429, '0'],
  down: [503, '0'],
};

type EmbeddedModel = 'target' | 'draft' | 'weak-draft';

const fetchReally = globalThis.fetch;

/** A hub in the page: it answers what the page fetches from hosts of models, with the embedded models' files under published addresses. */
export class PageHub {
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #faults = new Map<string, { readonly fault: PageHubFault; times: number }>();
  /** URLs that were asked for. */
  readonly asked: string[] = [];

  /** From now on answers for all that is not of the page, which the mock before this one answers. */
  serve(): void {
    const answerPage = vi.mocked(fetch).getMockImplementation();
    vi.mocked(fetch).mockImplementation(async (url, init) => {
      const { origin, href } = new URL(String(url), location.href);
      if (origin !== location.origin) return this.#answer(href, init?.signal ?? null);
      // MLC's own libraries run here.
      if (href.endsWith('/libraries/index.json')) return new Response('', { status: 404 });
      return answerPage ? answerPage(url, init) : new Response('', { status: 404 });
    });
  }

  /** Puts the embedded model `name` at the addresses of `record`, its weights in several shards with their hashes. @returns the URLs of these */
  async put(name: EmbeddedModel, { model, model_lib: library }: PrebuiltRecord): Promise<readonly string[]> {
    const { files, shards, ...made } = await publish(name);
    const at = (path: string) => `${model}/resolve/main/${path}`;
    for (const [path, content] of files) this.#files.set(at(path), content);
    this.#files.set(library, made.library);
    return shards.map(at);
  }

  putText(url: string, text: string): void {
    this.#files.set(url, new TextEncoder().encode(text));
  }

  textOf(url: string): string {
    return new TextDecoder().decode(this.#files.get(url));
  }

  break(url: string, fault: PageHubFault, times = Infinity): void {
    this.#faults.set(url, { fault, times });
  }

  repair(): void {
    this.#faults.clear();
    this.asked.length = 0;
  }

  #faultOf(url: string): PageHubFault | null {
    const found = this.#faults.get(url);
    if (!found || found.times <= 0) return null;
    found.times--;
    return found.fault;
  }

  #answer(url: string, signal: AbortSignal | null): Response {
    this.asked.push(url);
    const fault = this.#faultOf(url);
    const content = this.#files.get(url);
    const [status, after] = (fault && STATUS[fault]) ?? [content ? 200 : 404];
    if (status !== 200 || !content)
      return from(new Response('', { status, headers: after === undefined ? {} : { 'retry-after': after } }), url);
    const half = content.length >> 1;
    let body = content.slice();
    if (fault === 'cut') body = body.slice(0, half);
    if (fault === 'damaged') body[half] = (body[half] ?? 0) ^ 1;
    if (fault === 'html') body = new TextEncoder().encode('<!doctype html><title>Sign in</title>');
    if (fault === 'long') body = new Uint8Array([...body, 0]);
    const stays = fault === 'held' || fault === 'broken-off';
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(stays ? body.slice(0, half) : body);
        if (fault === 'broken-off') setTimeout(() => controller.error(new TypeError('network error')));
        else if (fault === 'held') signal?.addEventListener('abort', () => controller.error(signal.reason));
        else controller.close();
      },
    });
    const response = new Response(stream, { headers: { 'content-length': String(body.length) } });
    return fault === 'elsewhere' ? from(response, 'https://login.network.test/', true) : from(response, url);
  }
}

/** The files of an embedded model as they are published: its weights in several shards, whose hashes stand in the list of tensors. */
interface Published {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly library: Uint8Array<ArrayBuffer>;
  /** Names of the shards. */
  readonly shards: readonly string[];
}

const published = new Map<EmbeddedModel, Promise<Published>>();

/** Made once for all tests, which put nothing into these bytes. */
function publish(name: EmbeddedModel): Promise<Published> {
  const made = published.get(name) ?? inPublishedForm(name);
  published.set(name, made);
  return made;
}

async function inPublishedForm(name: EmbeddedModel): Promise<Published> {
  const read = async (path: string) => new Uint8Array(await (await fetchReally(`/models/${path}`)).arrayBuffer());
  const file = (path: string) => read(`${name}/resolve/main/${path}`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const each of ['mlc-chat-config.json', 'tokenizer.json']) files.set(each, await file(each));
  const cache = JSON.parse(new TextDecoder().decode(await file('tensor-cache.json')));
  const weights = await file('params_shard_0.bin');
  const records: { readonly dataPath: string }[] = [];
  for (const tensors of inShards(cache.records[0].records)) {
    const start = tensors[0]?.byteOffset ?? 0;
    const content = weights.slice(start, start + tensors.reduce((sum, { nbytes }) => sum + nbytes, 0));
    const hash = await beginMd5();
    hash.update(content);
    const dataPath: string = `params_shard_${records.length}.bin`;
    files.set(dataPath, content);
    const moved = tensors.map((tensor) => ({ ...tensor, byteOffset: tensor.byteOffset - start }));
    records.push(Object.assign({ dataPath }, { format: 'raw-shard', nbytes: content.length, md5sum: await hash.end(), records: moved }));
  }
  files.set('tensor-cache.json', new TextEncoder().encode(JSON.stringify({ ...cache, records })));
  const library = await read(`libraries/${name === 'target' ? 'target' : 'draft'}.wasm`);
  return { files, library, shards: records.map(({ dataPath }) => dataPath) };
}

/** `response` as one from `url`. */
function from(response: Response, url: string, redirected = false): Response {
  return Object.defineProperties(response, { redirected: { value: redirected }, url: { value: url } });
}
