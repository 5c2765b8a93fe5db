/** As it was before a test took its place. */
const serve = fetch;

/** What a server of the page answers for `url`, as far as recordings go: those that come with the page, as they lie. */
export function recordedFile(url: string): Promise<Response> {
  return serve(`/traces/${url.split('/').at(-1)}`);
}
