/** Which hosts belong together: a hub answers for its files, and sends who wants a large one to a store of its own. */

/** Domains of one owner each; a name below one of them is of it too. */
const OWNERS: readonly (readonly string[])[] = [
  ['huggingface.co', 'hf.co'],
  ['github.com', 'githubusercontent.com'],
];

/** Whether the hosts of the URLs `a` and `b` are one, one below the other, or of one of the owners above; ports do not count. */
export function isSameHost(a: string, b: string): boolean {
  const [one, other] = [new URL(a).hostname, new URL(b).hostname];
  if (isBelow(one, other) || isBelow(other, one)) return true;
  return OWNERS.some((domains) => [one, other].every((host) => domains.some((domain) => isBelow(host, domain))));
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Whether `url` is of the server that has the page; of any, where there is no page. */
export function isOfSite(url: string): boolean {
  const origin: string | undefined = globalThis.location?.origin;
  return origin === undefined || !URL.canParse(url) || new URL(url).origin === origin;
}
