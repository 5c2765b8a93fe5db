import type { DeviceTimes, DraftLimits, Proposal, RoundOutcome, StopSignal, TokenId } from '../../src/core/types';
import { FakeDrafter, type FakeLanguage, FakeTarget } from '../../src/model/fake';

/** What the rounds of a `slowPair` take, in milliseconds. */
export interface PairCosts {
  readonly verify: (rows: number) => number;
  readonly draft: number;
  readonly readback: number;
}

export const PAIR_COSTS: PairCosts = { verify: (rows) => 4 + rows, draft: 0.5, readback: 1 };

/** Real time, which work takes and a look at a clock does too, a little. */
export class Time {
  ms = 0;

  /** A clock of this time that moves in steps of `stepMs`; `Infinity`: it stands still. */
  steps(stepMs: number): () => number {
    return () => {
      this.ms += 1e-4;
      return stepMs === Infinity ? 0 : Math.floor(this.ms / stepMs) * stepMs;
    };
  }
}

/**
 * Two made-up models whose work takes time: the device drafts and verifies while the CPU waits for the readback.
 *
 * @param told what the device's own clock makes of the true times of a round; null: it has none
 */
export function slowPair(
  time: Time,
  language: FakeLanguage,
  context: number,
  told: (times: DeviceTimes) => DeviceTimes | null,
  { costs = PAIR_COSTS, agreement = 0.8 }: { costs?: PairCosts; agreement?: number } = {},
) {
  let draftMs = 0;
  class SlowDrafter extends FakeDrafter {
    override async propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null> {
      const proposal = await super.propose(history, most);
      draftMs = (proposal?.length ?? 0) * costs.draft;
      return proposal;
    }
  }
  class SlowTarget extends FakeTarget {
    override async prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
      time.ms += costs.verify(Math.max(0, tokens.length - this.cachedLength));
      return super.prefill(tokens, signal);
    }

    override async decode(history: readonly TokenId[], count: number): Promise<RoundOutcome> {
      const outcome = await super.decode(history, count);
      const verifyMs = count * costs.verify(1);
      time.ms += verifyMs + costs.readback;
      return { ...outcome, device: told({ draftMs: 0, verifyMs }) };
    }

    override async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
      const outcome = await super.verify(history, proposal);
      const verifyMs = costs.verify(1 + (proposal?.length ?? 0));
      const device = told({ draftMs, verifyMs });
      time.ms += draftMs + verifyMs + costs.readback;
      draftMs = 0;
      return { ...outcome, device };
    }
  }
  return { drafter: new SlowDrafter(language, context, agreement), target: new SlowTarget(language, context) };
}
