/** What a list of models says. Formats 1 and 2 are read; what is read has format 2, with every field filled in. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { misfitOf } from '../formats/misfit';
import type { ChatTemplate } from './spec';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^\P{Cc}+$/u, 'a name holds no control characters'));
// Relative and without "..": files are stored below the folder of their list only.
const path = v.pipe(v.string(), v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Anything that is an address of the web beside the list. */
const reference = v.pipe(v.string(), v.maxLength(2000), v.check(isOfTheWeb, 'it is no address of the web'));

const known = { path, bytes: count, sha256 };
/** Where it is stored, relative to the list, and where it is fetched from if that is elsewhere. */
const file = v.object({
  path,
  url: v.optional(v.nullable(reference), null),
  bytes: v.optional(v.nullable(count), null),
  sha256: v.optional(v.nullable(sha256), null),
});
/** `needs`: the names of the WebGPU features that it needs. `from`: what it is made of instead of being fetched (`Origin` of storage/download.ts). */
const library = v.object({
  needs: v.array(name),
  ...file.entries,
  from: v.optional(v.nullable(v.object({ base: file, delta: file })), null),
});

const isMet = (before: { needs: string[] }, { needs }: { needs: string[] }) => before.needs.every((need) => needs.includes(need));
const librariesOf = <Schema extends v.GenericSchema<unknown, { needs: string[]; path: string }>>(
  schema: Schema,
  lastRunsEverywhere = false,
) =>
  v.pipe(
    v.array(schema),
    v.minLength(1, 'it is empty'),
    v.check((all) => !lastRunsEverywhere || all.at(-1)?.needs.length === 0, 'the last must need nothing, so that it runs everywhere'),
    v.check((all) => new Set(all.map((each) => each.path)).size === all.length, 'one is there twice'),
    v.check(
      (all) => !all.some((each, index) => all.slice(0, index).some((before) => isMet(before, each))),
      'one would never be chosen, because one before it needs no more',
    ),
  );

const common = {
  name,
  parameters: count,
  context: count,
  /** The folder in which web-llm looks for resolve/main/. */
  path,
};

const template = v.custom<ChatTemplate>(
  (value) => v.is(v.looseObject({ roles: v.record(v.string(), v.string()), seps: v.array(v.string()) }), value),
  'it is no chat template',
);

const vocabulary = v.union([
  v.pipe(
    count,
    v.transform((tokens) => ({ tokens, logits: tokens })),
  ),
  v.pipe(
    v.object({ tokens: count, logits: count }),
    v.check(({ tokens, logits }) => tokens <= logits, 'there are fewer logits than tokens'),
  ),
]);

const model = v.object({
  ...common,
  /** Best first. */
  libraries: librariesOf(library),
  files: v.pipe(v.array(file), v.minLength(1)),
  vocabulary,
  /** Equal for equal files; made from their hashes where it is not given. */
  revision: v.optional(v.nullable(name), null),
  /** Names the tokenizer by its content (`tokenizer.ts`). */
  tokenizer: v.optional(v.nullable(name), null),
  template: v.optional(v.nullable(template), null),
  stopTokens: v.optional(v.nullable(v.array(id)), null),
  rollsBack: v.optional(v.boolean(), true),
  /** The weights (`weightsOf` of spec.ts) of the target whose hidden states it reads as it drafts. */
  statesOf: v.optional(v.nullable(name), null),
});

/** `weak`: for lessons and examples of drafts that often fall. */
const draft = v.object({ id: name, name, weak: v.optional(v.boolean(), false) });
const pair = { name, target: name };

const format2 = v.object({
  format: v.literal(2),
  /** The first is offered first; so is the first of its drafts. */
  pairs: v.pipe(v.array(v.object({ ...pair, drafts: v.array(draft) })), v.minLength(1)),
  models: v.record(name, model),
});

const format1 = v.object({
  format: v.literal(1),
  pair: v.object({ ...pair, drafts: v.pipe(v.array(draft), v.minLength(1)) }),
  models: v.record(
    name,
    v.object({
      ...common,
      vocabulary: count,
      libraries: librariesOf(v.object({ needs: v.array(name), ...known }), true),
      files: v.pipe(v.array(v.object(known)), v.minLength(1)),
    }),
  ),
});

const formatOf = v.object({ format: v.picklist([1, 2]) });

/** One or more targets, what may draft for each, and every model's files. Paths are relative to the list. */
export type ModelList = v.InferOutput<typeof format2>;
export type ListedModel = ModelList['models'][string];
export type ListedFile = v.InferOutput<typeof file>;
export type ListedLibrary = v.InferOutput<typeof library>;

/** @throws FailureError manifest-invalid, naming the first field that is wrong */
export function parseList(value: unknown): ModelList {
  const { format } = checked(formatOf, value);
  const { pairs, models } = format === 1 ? fromFormat1(checked(format1, value)) : checked(format2, value);
  const missing = pairs
    .flatMap(({ target, drafts }) => [target, ...drafts.map((each) => each.id)])
    .find((each) => !Object.hasOwn(models, each));
  if (missing) throw invalid(`it names model "${missing}" but does not list it`);
  return { format: 2, pairs, models };
}

function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalid(misfitOf(result.issues[0]));
}

function fromFormat1({ pair: only, models }: v.InferOutput<typeof format1>): ModelList {
  return v.parse(format2, { format: 2, pairs: [only], models });
}

export function invalid(what: string): FailureError {
  return new FailureError(
    'manifest-invalid',
    `The list of models cannot be used: ${what}.`,
    'Serve the manifest.json that belongs to this version of the page.',
  );
}

/** Of the web, or, in Node, beside the page (`node/localFiles.ts`). */
function isOfTheWeb(value: string): boolean {
  return URL.canParse(value, 'https://list.invalid/') && /^(https?|foretoken):$/.test(new URL(value, 'https://list.invalid/').protocol);
}
