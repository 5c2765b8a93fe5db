import { MANIFEST } from './manifest';

/** As it was before a test took its place. */
const serve = fetch;

/** What a server of the page answers for `url`: the list of models, or a recording that comes with the page, as it lies. */
export async function recordedFile(url: string): Promise<Response> {
  return url.endsWith('/manifest.json') ? Response.json(MANIFEST) : serve(`/traces/${url.split('/').at(-1)}`);
}
