import { timesOf } from '../api/usage';
import { tally } from '../core/run/tally';
import type { RunEvent } from '../core/types';

/** What all runs together took, since they were reset. */
export class RuntimeStats {
  #run: RunEvent[] = [];
  readonly #total = { prefilled: 0, firstMs: 0, decoded: 0, decodeMs: 0, drafted: 0, accepted: 0, rounds: 0 };

  add(event: RunEvent): void {
    if (event.type === 'start') this.#run = [];
    this.#run.push(event);
    if (event.type !== 'end') return;
    const times = timesOf(this.#run);
    if (!times) return;
    const { drafted, accepted, rounds } = tally(this.#run);
    const total = this.#total;
    total.prefilled += times.prefilled;
    total.firstMs += times.firstMs;
    total.decoded += times.decoded;
    total.decodeMs += times.decodeMs;
    total.drafted += drafted;
    total.accepted += accepted;
    total.rounds += rounds;
  }

  /** As web-llm's runtimeStatsText, and what became of the drafts. */
  text(): string {
    const { prefilled, firstMs, decoded, decodeMs, drafted, accepted, rounds } = this.#total;
    const speeds = `prefill: ${perSecond(prefilled, firstMs)} tokens/sec, decoding: ${perSecond(decoded, decodeMs)} tokens/sec`;
    return drafted === 0 ? speeds : `${speeds}, accepted: ${accepted} of ${drafted} drafts in ${rounds} rounds`;
  }
}

function perSecond(count: number, ms: number): string {
  return (ms > 0 ? (count * 1000) / ms : 0).toFixed(4);
}
