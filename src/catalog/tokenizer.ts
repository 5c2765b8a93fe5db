/** Whether two models have one tokenizer, by what its file says and not by how it is written. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { misfitOf } from '../formats/misfit';
import { tokenizerContent } from '../formats/tokenizerContent';
import type { FileStorage } from '../storage/port';
import { beginHash } from '../storage/sha256';
import { mismatch, sharesVocabulary } from './pairing';
import { fileOf, type ModelSpec, type PairSpec } from './spec';
import { openStored, storeModel } from './storedModels';

const id = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What of tokenizer.json (Hugging Face) decides which ids a text has. */
const Tokenizer = v.object({
  model: v.object({
    vocab: v.union([v.record(v.string(), id), v.array(v.tuple([v.string(), v.number()]))]),
    merges: v.optional(v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])), []),
  }),
  added_tokens: v.optional(v.array(v.object({ id, content: v.string() })), []),
});

/**
 * Names a tokenizer by its content (`tokenizerContent`).
 *
 * @param tokenizer the content of tokenizer.json
 * @returns a SHA-256 in hexadecimal
 * @throws FailureError library-incompatible
 */
export async function fingerprintOf(tokenizer: unknown): Promise<string> {
  const { model, added_tokens: added } = readTokenizer(tokenizer);
  const content = tokenizerContent({
    tokens: Array.isArray(model.vocab) ? model.vocab.map(([token], index) => [token, index] as const) : Object.entries(model.vocab),
    merges: model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
    added: added.map((token) => [token.content, token.id]),
  });
  const bytes = new TextEncoder().encode(content) as Uint8Array<ArrayBuffer>;
  const hash = await beginHash(bytes.length);
  hash.update(bytes);
  return hash.end();
}

/** How many tokens a tokenizer has. @param tokenizer the content of tokenizer.json @throws FailureError library-incompatible */
export function vocabularySize(tokenizer: unknown): number {
  const { model, added_tokens: added } = readTokenizer(tokenizer);
  const ids = Array.isArray(model.vocab) ? [model.vocab.length - 1] : Object.values(model.vocab);
  return [...ids, ...added.map((token) => token.id)].reduce((most, each) => Math.max(most, each), -1) + 1;
}

function readTokenizer(tokenizer: unknown): v.InferOutput<typeof Tokenizer> {
  const read = v.safeParse(Tokenizer, tokenizer);
  if (read.success) return read.output;
  throw new FailureError('library-incompatible', `A tokenizer cannot be read: ${misfitOf(read.issues[0])}.`, 'Choose another model.');
}

/**
 * Where the list does not say whether target and draft have one tokenizer, their files do: these are fetched, ahead of everything else.
 *
 * @throws FailureError vocabulary-mismatch, or of the download; or the signal's reason
 */
export async function checkTokenizers({ target, draft }: PairSpec, storage: FileStorage, signal: AbortSignal): Promise<void> {
  if (draft === null || draft === 'itself' || sharesVocabulary(target, draft)) return;
  const [of, other] = [await readFingerprint(target, storage, signal), await readFingerprint(draft, storage, signal)];
  if (of !== other || of === null) throw mismatch(target, draft);
}

/** null where the model lists no tokenizer. */
async function readFingerprint(model: ModelSpec, storage: FileStorage, signal: AbortSignal): Promise<string | null> {
  const file = fileOf(model, 'tokenizer.json');
  if (!file) return null;
  await storeModel(model, storage, () => undefined, signal, [file]);
  return fingerprintOf(JSON.parse(await (await openStored(model, storage, file)).text()));
}
