/**
 * A head that drafts from the target's last hidden states, as EAGLE does (Li et al. 2024, arXiv 2401.15077). The target keeps them beside its keys and values, so
 * the head finds those of every token that the target has seen, of the prompt and of earlier turns too, and nothing has to be told of a round.
 */
import { FailureError } from '../../core/failure';
import type { DraftLimits, Proposal, TokenId } from '../../core/types';
import { incompatible } from './doors';
import { ModelDrafter } from './drafter';
import type { ModelPipeline } from './pipeline';
import { readLogits } from './readLogits';

/** Below any logit that a model computes: such an id is not in a head's reduced vocabulary (training/library/reduced.py). */
const UNKNOWN = -1e29;

/** A loaded model, and what a person knows it by. */
export interface NamedPipeline {
  readonly name: string;
  readonly pipeline: ModelPipeline;
}

/** Drafts with a model that reads the states of another: of tokens that the target has seen the target's, of its own drafts its own. */
export class HeadDrafter extends ModelDrafter {
  override async propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null> {
    const proposal = await super.propose(history, most);
    // It read its drafts beside states of its own: accepted ones are read again, beside the target's.
    this.truncate(history.length);
    return proposal;
  }
}

/**
 * Has `head` read the states of `target`, on the same device.
 *
 * @throws FailureError library-incompatible where one of them keeps no states, or theirs differ in width; states-mismatch where the head does not know a
 * stop token of the target
 */
export async function joinHead(head: NamedPipeline, target: NamedPipeline): Promise<void> {
  for (const { name, pipeline } of [target, head]) {
    if (!pipeline.hiddenStates) throw incompatible(`the library of ${name} keeps no hidden states, from which ${head.name} drafts`);
  }
  const [own, read] = [head, target].map(({ pipeline }) => pipeline.hiddenStates?.width);
  if (own !== read) throw incompatible(`${head.name} reads hidden states of ${own} numbers, and those of ${target.name} have ${read}`);
  const missing = await firstUnknown(head.pipeline, [...target.pipeline.stopTokens]);
  if (missing !== null) {
    throw new FailureError(
      'states-mismatch',
      `${head.name} does not know the token ${missing}, which ends an answer of ${target.name}, so it would draft past the end of every one.`,
      'Choose another draft.',
    );
  }
  head.pipeline.readHiddenStatesOf(target.pipeline);
}

/** The first of `ids` that `model` never proposes; null where it knows all. Its cache is empty afterwards. */
async function firstUnknown(model: ModelPipeline, ids: readonly TokenId[]): Promise<TokenId | null> {
  const [row] = await readLogits(model, [0], 'last-row');
  model.reset();
  return ids.find((id) => (row?.[id] ?? UNKNOWN) <= UNKNOWN) ?? null;
}
