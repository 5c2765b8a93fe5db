/** How far logits are from those of a reading in numpy, and greedy texts. */

/** @param {Buffer} bytes of float32 */
export function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/**
 * Absolute differences of rows of logits from the wanted ones, relative to the spread of each wanted row, its standard deviation: the largest, the mean,
 * and how often another token is the best.
 *
 * @param {Float32Array} found [rows, vocabulary]
 * @param {Float32Array} wanted [rows, vocabulary]
 */
export function compareLogits(found, wanted, vocabulary) {
  if (found.length !== wanted.length) throw new Error(`There are ${found.length} logits instead of ${wanted.length}.`);
  const rows = wanted.length / vocabulary;
  let [largest, sum, otherBest] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [found, wanted].map((all) => all.subarray(row * vocabulary, (row + 1) * vocabulary));
    const spread = deviation(b);
    for (let i = 0; i < vocabulary; i++) {
      const off = Math.abs(a[i] - b[i]) / spread;
      // No number fails every comparison.
      if (!(off <= largest)) largest = off;
      sum += off;
    }
    if (best(a) !== best(b)) otherBest++;
  }
  return { rows, largest, mean: sum / wanted.length, otherBest };
}

/** Each row as log-probabilities, which is what llama.cpp tells. */
export function logProbabilities(logits, vocabulary) {
  const result = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += vocabulary) {
    const row = logits.subarray(from, from + vocabulary);
    const most = row[best(row)];
    const total = most + Math.log(row.reduce((all, value) => all + Math.exp(value - most), 0));
    for (let i = 0; i < vocabulary; i++) result[from + i] = row[i] - total;
  }
  return result;
}

/**
 * Where a greedy text leaves the wanted one, and by how much the two best logits differed there; null if the texts are the same.
 *
 * @param {number[]} found
 * @param {{ greedy: number[], gaps: number[] }} wanted
 */
export function firstDifference(found, { greedy, gaps }) {
  const at = greedy.findIndex((id, i) => id !== found[i]);
  if (at < 0 && found.length === greedy.length) return null;
  return at < 0 ? { at: greedy.length, gap: Number.POSITIVE_INFINITY } : { at, gap: gaps[at] };
}

export function deviation(row) {
  const mean = row.reduce((all, value) => all + value, 0) / row.length;
  return Math.sqrt(row.reduce((all, value) => all + (value - mean) ** 2, 0) / row.length);
}

function best(row) {
  let at = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[at]) at = i;
  return at;
}
