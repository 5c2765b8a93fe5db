/** Llama 3.1's scaling of rotary frequencies, and how MLC's configuration files tell it. */
import * as v from 'valibot';

/** The frequencies of long waves are divided by `factor`, those of short ones are kept, those between blended. */
export interface RopeScaling {
  readonly factor: number;
  readonly lowFrequency: number;
  readonly highFrequency: number;
  readonly original: number;
}

const positive = v.pipe(v.number(), v.gtValue(0));
const Llama3 = v.object({
  rope_type: v.literal('llama3'),
  factor: positive,
  low_freq_factor: positive,
  high_freq_factor: positive,
  original_max_position_embeddings: positive,
});

/** By what each rotary frequency of heads of `headDim` is divided: f64 [headDim / 2] (Hugging Face's transformers, `_compute_llama3_parameters`). */
export function divisorsOf({ factor, lowFrequency, highFrequency, original }: RopeScaling, theta: number, headDim: number): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => {
    const waves = (original * theta ** ((-2 * i) / headDim)) / (2 * Math.PI);
    if (waves > highFrequency) return 1;
    if (waves < lowFrequency) return factor;
    const smooth = (waves - lowFrequency) / (highFrequency - lowFrequency);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/**
 * What "rope_scaling" of a configuration of MLC's says. It takes no notice of one without "rope_type", and knows only Llama 3's.
 *
 * @returns null: no scaling; undefined: one of another kind
 */
export function readMlcScaling(said: Readonly<Record<string, unknown>> | null): RopeScaling | null | undefined {
  if (!said || said.rope_type === undefined) return null;
  const read = v.safeParse(Llama3, said);
  if (!read.success) return undefined;
  const {
    factor,
    low_freq_factor: lowFrequency,
    high_freq_factor: highFrequency,
    original_max_position_embeddings: original,
  } = read.output;
  return { factor, lowFrequency, highFrequency, original };
}

/** The reverse of `readMlcScaling`. */
export function mlcScaling(scaling: RopeScaling | null): object | null {
  if (!scaling) return null;
  const { factor, lowFrequency, highFrequency, original } = scaling;
  return {
    ...{ rope_type: 'llama3', factor, low_freq_factor: lowFrequency },
    ...{ high_freq_factor: highFrequency, original_max_position_embeddings: original },
  };
}
