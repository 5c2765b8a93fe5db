import type { Proposal, RoundOutcome, RunSettings, Target, TokenId } from '../../core/types';
import { judgeHeld } from '../grammar';
import { Choosing, type CpuDraft } from './choosing';
import type { CpuDrafts } from './drafter';
import type { Grammars } from './grammars';
import { CpuModel, type HeldRun, heard } from './model';
import type { Forward } from './port';

/** Verifies with a model on the CPU, which has nothing to read back. */
export class CpuTarget extends CpuModel implements Target {
  readonly #grammars: Grammars;
  readonly #held: HeldRun;
  #choosing: Choosing | null = null;

  /** @param grammars of this model @param held of the pair */
  constructor(forward: Forward, grammars: Grammars, held: HeldRun) {
    super(forward);
    this.#grammars = grammars;
    this.#held = held;
  }

  async begin(settings: RunSettings, promptLength: number): Promise<void> {
    this.#choosing = new Choosing(settings, promptLength, this.forward.vocabularySize);
    this.#held.grammar = settings.format && (await this.#grammars.grammar(settings.format, promptLength));
  }

  async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    if (!this.#choosing) throw new RangeError('verification before a run has begun');
    const { drafts, ms: draftMs } = draftsOf(proposal);
    const started = performance.now();
    const unseen = history.slice(this.forward.length);
    const ids = drafts.map(({ id }) => id);
    const logits = this.forward.forward([...unseen, ...ids], proposal ? 'all-rows' : 'last-row');
    const { grammar } = this.#held;
    await grammar?.advance(history);
    const masks = grammar && rowsOf(await grammar.masks(ids), ids.length + 1);
    const judged = judgeHeld(this.#choosing.judge(logits.slice(-drafts.length - 1), history, drafts, masks), grammar);
    const verifyMs = performance.now() - started;
    await heard();
    return { ...judged, device: { draftMs, verifyMs }, readbacks: 0, hidden: this.forward.hidden };
  }
}

function rowsOf(masks: Uint32Array, count: number): Uint32Array[] {
  const words = masks.length / count;
  return Array.from({ length: count }, (_, row) => masks.subarray(row * words, (row + 1) * words));
}

function draftsOf(proposal: Proposal | null): CpuDrafts {
  if (proposal?.kind === 'device') return proposal.handle as CpuDrafts;
  // What was looked up was certain.
  const drafts = (proposal?.ids ?? []).map((id): CpuDraft => ({ id, probability: 1, q: null, top: null }));
  return { drafts, ms: 0 };
}
