/** What may draft for a target, and which models make a pair. */
import { FailureError } from '../core/failure';
import { LIMITS } from '../core/types';
import { type ChosenDrafting, FIRST_DRAFT, FIRST_TARGET, type PreparedSettings, WEAK_DRAFT } from '../formats/settings';
import type { TargetSpec } from './resolve';
import { fileOf, type ModelSpec, type PairSpec, weightsOf } from './spec';

/** What names a pair among the settings. */
export type PairChoice = ChosenDrafting & Pick<PreparedSettings, 'target'>;

export interface DraftChoice {
  /** Of the model. */
  readonly id: string;
  readonly name: string;
  /** Whether it is the target. */
  readonly itself: boolean;
  readonly weak: boolean;
  /** Whether it is a head that reads the target's hidden states. */
  readonly head: boolean;
}

/** The one of `targets` that `wanted` names: by its id, or `FIRST_TARGET`; null for none of these. */
export function findTarget(targets: readonly TargetSpec[], wanted: string): TargetSpec | null {
  return targets.find(({ model }) => model.id === wanted) ?? (wanted === FIRST_TARGET ? targets[0] : undefined) ?? null;
}

/**
 * `choice` with its models by their ids. A draft that `target` does not have gives way to its first, and where it has no draft models to n-grams:
 * the target, which may draft for itself, does so only where it is named.
 */
export function settledChoice(target: TargetSpec, { draft, drafting }: ChosenDrafting): PairChoice {
  const choices = draftChoices(target);
  const drafts = target.drafts.length > 0 || choices.some(({ id }) => id === draft);
  const id = findDraft(target, draft)?.id ?? findDraft(target, FIRST_DRAFT)?.id ?? draft;
  return { target: target.model.id, draft: id, drafting: drafts ? drafting : 'ngram' };
}

/** What may draft for `target`: its drafts, and at last the target itself. */
export function draftChoices({ model, drafts }: TargetSpec): DraftChoice[] {
  const others = drafts.map(({ name, weak, model: { id, statesOf } }) => ({ id, name, itself: false, weak, head: statesOf !== undefined }));
  return [...others, { id: model.id, name: model.name, itself: true, weak: false, head: false }];
}

/** The draft of `target` that `wanted` names: by its id, else `FIRST_DRAFT` or `WEAK_DRAFT`, which is the first one where no draft is weak; null for none of these. */
export function findDraft(target: TargetSpec, wanted: string): DraftChoice | null {
  const choices = draftChoices(target);
  const named = choices.find(({ id }) => id === wanted);
  if (named || (wanted !== FIRST_DRAFT && wanted !== WEAK_DRAFT)) return named ?? null;
  return (wanted === WEAK_DRAFT ? choices.find(({ weak }) => weak) : undefined) ?? choices[0] ?? null;
}

/** Those of `drafts` that draft where the CPU computes: a head reads hidden states, which only WebGPU keeps. */
export function draftsOnCpu<Draft>(drafts: readonly Draft[], modelOf: (draft: Draft) => Pick<ModelSpec, 'statesOf'> | undefined): Draft[] {
  return drafts.filter((draft) => modelOf(draft)?.statesOf === undefined);
}

/** The pair of `target` and its draft `wanted` (`findDraft`), or no draft where that is null. @throws FailureError invalid-setting */
export function pairOf(target: TargetSpec, wanted: string | null): PairSpec {
  const { model, drafts } = target;
  if (wanted === null) return { target: model, draft: null };
  const choice = findDraft(target, wanted);
  if (choice?.itself) return { target: model, draft: 'itself' };
  const draft = drafts.find((each) => each.model.id === choice?.id)?.model;
  if (!draft) {
    const known = draftChoices(target).map(({ id }) => id);
    throw new FailureError('invalid-setting', `There is no draft "${wanted}".`, `Choose one of: ${known.join(', ')}.`);
  }
  return { target: model, draft };
}

/** @throws FailureError vocabulary-mismatch, states-mismatch, rollback-missing: where that is known before anything is downloaded */
export function checkPair({ target, draft }: PairSpec): void {
  if (target.statesOf !== undefined) throw statesMismatch(`${target.name} reads the hidden states of a target, and cannot be one.`);
  if (draft === null) return;
  for (const model of draft === 'itself' ? [target] : [target, draft]) checkRollback(model);
  if (draft === 'itself') return;
  if (sharesVocabulary(target, draft) === false) throw mismatch(target, draft);
  if (draft.statesOf === undefined || draft.statesOf === weightsOf(target)) return;
  throw statesMismatch(`${draft.name} reads the hidden states of another target than this ${target.name}.`);
}

function statesMismatch(message: string): FailureError {
  return new FailureError('states-mismatch', message, 'Choose the target that it was made for, or another draft.');
}

/** Speculation takes rejected tokens out of the cache again. @throws FailureError rollback-missing */
export function checkRollback({ name, rollsBack }: Pick<ModelSpec, 'name' | 'rollsBack'>): void {
  if (rollsBack) return;
  throw new FailureError(
    'rollback-missing',
    `${name} cannot take tokens out of its cache again, so it cannot take part in speculation.`,
    'Decode plainly with it, or choose another model.',
  );
}

/** Verification gives the logits of the longest draft's tokens and of one more in one forward of `rows` tokens. @throws FailureError rollback-missing */
export function checkVerification(name: string, rows: number): void {
  const needed = LIMITS.gamma.max + 1;
  if (rows >= needed) return;
  const most = rows === 1 ? 'one token' : `${rows} tokens`;
  throw new FailureError(
    'rollback-missing',
    `The library of ${name} gives the logits of ${most} at a time, and verifying drafts takes ${needed}, so it cannot take part in speculation.`,
    'Decode plainly with it, or choose a library that has "batch_verify".',
  );
}

/** Whether an id means the same to both, however far each model pads its logits; null where only their tokenizers' files can tell (`tokenizer.ts`). */
export function sharesVocabulary(a: ModelSpec, b: ModelSpec): boolean | null {
  if (a.vocabulary.tokens !== b.vocabulary.tokens) return false;
  if (a.tokenizer !== null && b.tokenizer !== null) return a.tokenizer === b.tokenizer;
  const [of, other] = [a, b].map((model) => fileOf(model, 'tokenizer.json')?.sha256 ?? null);
  return of !== null && of === other ? true : null;
}

export function mismatch(target: ModelSpec, draft: ModelSpec): FailureError {
  return new FailureError(
    'vocabulary-mismatch',
    `"${draft.name}" and "${target.name}" do not share a vocabulary, so no draft could ever be judged.`,
    'Choose a draft of the target’s own family.',
  );
}
