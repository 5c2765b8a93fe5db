/** Sums up what was measured. */

/**
 * A time as reports say it.
 *
 * @param {number | null} ms null: what the clock could not tell
 */
export function milliseconds(ms) {
  return ms === null ? 'too short to tell' : `${ms.toFixed(2)} ms`;
}

export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: median(sorted), min: sorted[0], max: sorted.at(-1) };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of those that are known; null where none is.
 *
 * @param {(number | null)[]} values
 */
export function medianOfKnown(values) {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? median(known) : null;
}

/** The median with the order statistics that hold it with 95 % confidence (binomial; null for fewer than six values). */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let below = 0;
  let tail = 0.5 ** n;
  while (tail <= 0.025 && below < n / 2) {
    below++;
    tail += choose(n, below) * 0.5 ** n;
  }
  return { median: median(sorted), interval95: below > 0 ? [sorted[below - 1], sorted[n - below]] : null };
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function choose(n, k) {
  let result = 1;
  for (let i = 1; i <= k; i++) result *= (n - k + i) / i;
  return result;
}
