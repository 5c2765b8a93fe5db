import { judge } from '../../core/loop/verify';
import type { Proposal, RoundOutcome, RunSettings, Target, TokenId } from '../../core/types';
import { Choosing, type CpuDraft } from './choosing';
import type { CpuDrafts } from './drafter';
import { CpuModel, heard } from './model';

/** Verifies with a model on the CPU, which has nothing to read back. */
export class CpuTarget extends CpuModel implements Target {
  #choosing: Choosing | null = null;

  async begin(settings: RunSettings, promptLength: number): Promise<void> {
    this.#choosing = new Choosing(settings, promptLength, this.forward.vocabularySize);
  }

  async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    if (!this.#choosing) throw new RangeError('verification before a run has begun');
    const { drafts, ms: draftMs } = draftsOf(proposal);
    const started = performance.now();
    const unseen = history.slice(this.forward.length);
    const ids = drafts.map(({ id }) => id);
    const logits = this.forward.forward([...unseen, ...ids], proposal ? 'all-rows' : 'last-row');
    const rows = this.#choosing.judge(logits.slice(-drafts.length - 1), history, drafts);
    const verifyMs = performance.now() - started;
    await heard();
    return { ...judge(rows), device: { draftMs, verifyMs }, readbacks: 0, hidden: this.forward.hidden };
  }
}

function draftsOf(proposal: Proposal | null): CpuDrafts {
  if (proposal?.kind === 'device') return proposal.handle as CpuDrafts;
  // What was looked up was certain.
  const drafts = (proposal?.ids ?? []).map((id): CpuDraft => ({ id, probability: 1, q: null, top: null }));
  return { drafts, ms: 0 };
}
