import type { DraftLimits, DraftModel, Proposal, RunSettings, TokenId } from '../../core/types';
import { Choosing, type CpuDraft } from './choosing';
import { CpuModel } from './model';

/** What a proposal's handle gives a `CpuTarget`. */
export interface CpuDrafts {
  readonly drafts: readonly CpuDraft[];
  /** Milliseconds that drafting took. */
  readonly ms: number;
}

/** Drafts with a model on the CPU. */
export class CpuDrafter extends CpuModel implements DraftModel {
  readonly model = this;
  #choosing: Choosing | null = null;
  #confidence = 0;

  async begin(settings: RunSettings, promptLength: number): Promise<void> {
    // The target refuses what is wrong with the settings.
    this.#choosing = new Choosing({ ...settings, format: null }, promptLength, this.forward.vocabularySize);
    this.#confidence = settings.confidence;
  }

  async propose(history: readonly TokenId[], { model: gamma }: DraftLimits): Promise<Proposal | null> {
    if (gamma === 0 || !this.#choosing) return null;
    // After rounds that were drafted otherwise, much may be unseen.
    await this.prefill(history.slice(0, -1), { aborted: false });
    const started = performance.now();
    const drafts: CpuDraft[] = [];
    let unseen = history.slice(this.forward.length);
    while (drafts.length < gamma) {
      const [logits] = this.forward.forward(unseen, 'last-row');
      const draft = this.#choosing.draft(
        logits as Float32Array,
        history,
        drafts.map(({ id }) => id),
      );
      // The most likely token decides, not the drawn one, so nothing is lost. One draft is always made, as on a device.
      if (drafts.length > 0 && this.#choosing.confidence(draft) < this.#confidence) break;
      drafts.push(draft);
      unseen = [draft.id];
    }
    const handle: CpuDrafts = { drafts, ms: performance.now() - started };
    return { kind: 'device', source: 'model', length: drafts.length, readbacks: 0, handle };
  }
}
