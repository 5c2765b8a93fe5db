/** What may draft for a target, and which models make a pair. */
import { FailureError } from '../core/failure';
import { FIRST_DRAFT, WEAK_DRAFT } from '../formats/settings';
import type { TargetSpec } from './resolve';
import type { ModelSpec, PairSpec } from './spec';

export interface DraftChoice {
  /** Of the model. */
  readonly id: string;
  readonly name: string;
  /** Whether it is the target. */
  readonly itself: boolean;
  readonly weak: boolean;
}

/** What may draft for `target`: its drafts, and at last the target itself. */
export function draftChoices({ model, drafts }: TargetSpec): DraftChoice[] {
  const others = drafts.map((draft) => ({ id: draft.model.id, name: draft.name, itself: false, weak: draft.weak }));
  return [...others, { id: model.id, name: model.name, itself: true, weak: false }];
}

/** The draft of `target` that `wanted` names: by its id, else `FIRST_DRAFT` or `WEAK_DRAFT`, which is the first one where no draft is weak; null for none of these. */
export function findDraft(target: TargetSpec, wanted: string): DraftChoice | null {
  const choices = draftChoices(target);
  const named = choices.find(({ id }) => id === wanted);
  if (named || (wanted !== FIRST_DRAFT && wanted !== WEAK_DRAFT)) return named ?? null;
  return (wanted === WEAK_DRAFT ? choices.find(({ weak }) => weak) : undefined) ?? choices[0] ?? null;
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

/** @throws FailureError vocabulary-mismatch, before anything is downloaded */
export function checkPair({ target, draft }: PairSpec): void {
  if (draft === null || draft === 'itself' || shareVocabulary(target, draft)) return;
  throw new FailureError(
    'vocabulary-mismatch',
    `"${draft.name}" and "${target.name}" do not share a vocabulary, so no draft could ever be judged.`,
    'Choose a draft of the target’s own family.',
  );
}

/** Whether an id means the same to both: the tokenizers are the same, however far each model pads its logits. */
function shareVocabulary(a: ModelSpec, b: ModelSpec): boolean {
  return a.vocabulary.tokens === b.vocabulary.tokens && a.tokenizer === b.tokenizer;
}
