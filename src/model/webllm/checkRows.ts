import { FailureError } from '../../core/failure';
import type { ModelPipeline } from './pipeline';
import { readLogits } from './readLogits';

/** How many tokens are compared. */
export const COMPARED_ROWS = 5;
/** Tokens before those, so that these attend to a cache too. */
const BEFORE = 20;

/** Most that a logit may be off, as a share of the standard deviation of its row's logits. Measured: rounding 1e-5, the race of `gpu/mergeKernel.ts` more than 0.1. */
const TOLERANCE: Readonly<Record<ModelPipeline['precision'], number>> = { f32: 1e-3, f16: 5e-2 };

/**
 * Compares a forward over several tokens with decodes of the same, where the library does not give both the same bits: what rounds otherwise may pass, what computes
 * otherwise may not. Leaves the cache empty.
 *
 * @param name of the model, for the message
 * @throws FailureError library-incompatible
 */
export async function checkRows(model: ModelPipeline, name: string): Promise<void> {
  const off = await largestDifference(model);
  model.truncate(0);
  if (off <= TOLERANCE[model.precision]) return;
  const share = Number.isFinite(off) ? `by up to ${Math.round(100 * off)} % of their spread` : 'and are no numbers';
  throw new FailureError(
    'library-incompatible',
    `${name} cannot be used here: its library computes several tokens at once otherwise than one after another. The logits differ ${share}.`,
    'Choose another model, or another browser or device: some graphics drivers compute this library wrongly.',
  );
}

/** The largest difference of a logit, in standard deviations of its row. */
export async function largestDifference(model: ModelPipeline): Promise<number> {
  const ids = Array.from({ length: BEFORE + COMPARED_ROWS }, (_, i) => (i * 7919 + 11) % model.vocabularySize);
  const [before, compared] = [ids.slice(0, BEFORE), ids.slice(BEFORE)];
  model.truncate(0);
  await model.fill(before, { aborted: false });
  const single: Float32Array[] = [];
  for (const id of compared) single.push(...(await readLogits(model, [id], 'last-row')));
  model.truncate(before.length);
  const several = await readLogits(model, compared, 'all-rows');
  const off = single.map((row, at) => differenceOf(row, several[at] ?? row.map(() => Number.NaN)));
  return off.some(Number.isNaN) ? Number.NaN : Math.max(...off);
}

function differenceOf(row: Float32Array, other: Float32Array): number {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const spread = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length);
  return row.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? Number.NaN))), 0) / spread;
}
