/** What decides which ids a text has, whatever kind of file tells it. */
export interface TokenizerContent {
  /** Every token and its id. */
  readonly tokens: Iterable<readonly [token: string, id: number]>;
  /** Pairs of tokens that become one, the first first, with a space between. */
  readonly merges: readonly string[];
  /** Ids that a text is searched for before it is cut into words. */
  readonly added: Iterable<readonly [token: string, id: number]>;
}

/**
 * The content as a text, the same for all files that mean the same: some keep added tokens apart from the others, some among them. The SHA-256 of
 * it (UTF-8, in hexadecimal) is the fingerprint of a tokenizer, and models of one fingerprint share a vocabulary.
 */
export function tokenizerContent({ tokens, merges, added }: TokenizerContent): string {
  const inOrder = (some: Iterable<readonly [string, number]>) =>
    [...new Map([...some].map(([token, id]) => [id, token]))].sort(([a], [b]) => a - b);
  const special = inOrder(added);
  const all = inOrder([...tokens, ...special.map(([id, token]) => [token, id] as const)]);
  return JSON.stringify([all, merges, special]);
}
