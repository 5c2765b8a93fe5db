import type { DraftLimits, DraftModel, Proposal, RunSettings, TokenId } from '../../core/types';
import { Choosing, type CpuDraft } from './choosing';
import { CpuModel, type HeldRun } from './model';
import type { Forward } from './port';

/** What a proposal's handle gives a `CpuTarget`. */
export interface CpuDrafts {
  readonly drafts: readonly CpuDraft[];
  /** Milliseconds that drafting took. */
  readonly ms: number;
}

/** Drafts with a model on the CPU. */
export class CpuDrafter extends CpuModel implements DraftModel {
  readonly model = this;
  readonly #held: HeldRun;
  #choosing: Choosing | null = null;
  #confidence = 0;

  /** @param held of the pair */
  constructor(forward: Forward, held: HeldRun) {
    super(forward);
    this.#held = held;
  }

  async begin(settings: RunSettings, promptLength: number): Promise<void> {
    this.#choosing = new Choosing(settings, promptLength, this.forward.vocabularySize);
    this.#confidence = settings.confidence;
  }

  async propose(history: readonly TokenId[], { model: gamma }: DraftLimits): Promise<Proposal | null> {
    if (gamma === 0 || !this.#choosing) return null;
    // After rounds that were drafted otherwise, much may be unseen.
    await this.prefill(history.slice(0, -1), { aborted: false });
    const started = performance.now();
    const { grammar } = this.#held;
    await grammar?.advance(history);
    const drafts: CpuDraft[] = [];
    let unseen = history.slice(this.forward.length);
    while (drafts.length < gamma) {
      const [logits] = this.forward.forward(unseen, 'last-row');
      const ids = drafts.map(({ id }) => id);
      const mask = grammar && (await grammar.maskAfter(ids));
      const draft = this.#choosing.draft(logits as Float32Array, history, ids, mask);
      // The most likely token decides, not the drawn one, so nothing is lost. One draft is always made, as on a device.
      if (drafts.length > 0 && this.#choosing.confidence(draft) < this.#confidence) break;
      drafts.push(draft);
      unseen = [draft.id];
    }
    const handle: CpuDrafts = { drafts, ms: performance.now() - started };
    return { kind: 'device', source: 'model', length: drafts.length, readbacks: 0, handle };
  }
}
