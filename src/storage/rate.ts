/** How fast a download is, and how long it will take: pure, from what it reported. */

/** Bytes that had come over the network by a moment. */
export interface Arrived {
  readonly atMs: number;
  readonly bytes: number;
}

/** Long enough to even out a connection that comes and goes, short enough to follow one that changes. */
const WINDOW_MS = 8000;
/** Two or three files of a model: between them nothing comes for a moment, which the time left must count in the same share as the whole download does. */
const STEADY_MS = 30_000;
/** So long nothing need come before a silence counts: reports come in steps. */
const QUIET_MS = 1000;
/** Before that nothing is told. */
const LEAST_MS = 1000;

/** `arrived` with `next` behind, and without what is too old to matter. */
export function noted(arrived: readonly Arrived[], next: Arrived): readonly Arrived[] {
  const recent = arrived.findLastIndex(({ atMs }) => atMs <= next.atMs - STEADY_MS);
  return [...arrived.slice(Math.max(0, recent)), next];
}

/** Bytes a second over the last seconds until `nowMs`, in which a silence counts; null where too little is known. */
export function rateOf(arrived: readonly Arrived[], nowMs: number): number | null {
  return rateOver(arrived, nowMs, WINDOW_MS);
}

function rateOver(arrived: readonly Arrived[], nowMs: number, windowMs: number): number | null {
  const last = arrived.at(-1);
  const until = last && nowMs - last.atMs < QUIET_MS ? last.atMs : nowMs;
  const before = arrived.findLastIndex(({ atMs }) => atMs <= until - windowMs);
  const first = arrived[Math.max(0, before)];
  if (!first || !last || until - first.atMs < LEAST_MS) return null;
  return (1000 * (last.bytes - first.bytes)) / (until - first.atMs);
}

/** Seconds until `bytes` more will be there; null where that cannot be told, as while nothing comes. */
export function secondsLeft(bytes: number, arrived: readonly Arrived[], nowMs: number): number | null {
  const [now, steady] = [rateOf(arrived, nowMs), rateOver(arrived, nowMs, STEADY_MS)];
  return now === null || steady === null || now <= 0 || steady <= 0 ? null : bytes / steady;
}
