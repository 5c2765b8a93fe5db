import { expectedTokens } from '../../../core/cost/cost';

/**
 * The acceptance rate at which rounds of `gamma` drafts have `ratio` of them accepted, the same rate at every position: what α was where
 * rejected drafts were not counted. Accepted / drafted is (expectedTokens(α, γ) - 1) / γ, which grows with α.
 *
 * @param ratio in [0, 1]
 */
export function rateFromRatio(ratio: number, gamma: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if ((expectedTokens(middle, gamma) - 1) / gamma < ratio) low = middle;
    else high = middle;
  }
  return high;
}
