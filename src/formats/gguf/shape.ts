import { divisorsOf, type RopeScaling } from '../ropeScaling';
import type { TensorInfo } from './header';
import type { Facts } from './metadata';
import { invalid, quoted, unsupported } from './refusals';

/** The architectures whose forward pass there is: llama; qwen2, which has biases in q, k and v; qwen3, which norms q and k. */
export type Family = 'llama' | 'qwen2' | 'qwen3';

/** What a model computes, without its weights. A library is compiled for one shape. */
export interface Shape {
  readonly family: Family;
  readonly hidden: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Tokens that the model was trained for; a library may hold fewer. */
  readonly context: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  readonly normEpsilon: number;
  /** Whether the head's weights are the embedding's. */
  readonly tied: boolean;
}

const FAMILIES: readonly string[] = ['llama', 'qwen2', 'qwen3'] satisfies Family[];
const MOST_LAYERS = 1024;
const CHOOSE = 'Choose a SmolLM2, Llama 3, Qwen2.5 or Qwen3 model.';

/**
 * The shape that `facts` tell, and the tensors confirm.
 *
 * @param frequencies the divisors of the rotary frequencies (`rope_freqs.weight`), where the file has them
 * @throws FailureError gguf-unsupported where no such model can run; gguf-invalid where the file contradicts itself
 */
export function readShape(facts: Facts, tensors: ReadonlyMap<string, TensorInfo>, frequencies: Float32Array | null): Shape {
  const family = readFamily(facts);
  if (tensors.size === 0) {
    throw unsupported('it has no weights, as a file of a vocabulary alone', 'Choose the file of the model, which is much larger.');
  }
  const size = (key: string, otherwise?: number) => facts.size(`${family}.${key}`, otherwise);
  if (facts.has('split.count') && facts.size('split.count', 1) > 1) {
    throw unsupported('it is one part of several', 'Join the parts with llama.cpp’s llama-gguf-split --merge, and choose the whole file.');
  }
  for (const key of ['expert_count', 'attention.sliding_window']) {
    if (facts.has(`${family}.${key}`)) throw unsupported(`its ${quoted(key)} asks for what is not built`, CHOOSE);
  }
  const heads = size('attention.head_count');
  const hidden = size('embedding_length');
  const headDim = size('attention.key_length', hidden / heads);
  if (size('rope.dimension_count', headDim) !== headDim || size('attention.value_length', headDim) !== headDim) {
    throw unsupported('its heads are rotated in part, or their keys and values differ in size', CHOOSE);
  }
  const shape: Shape = {
    ...{ family, hidden, heads, headDim },
    feedForward: size('feed_forward_length'),
    layers: size('block_count'),
    kvHeads: size('attention.head_count_kv', heads),
    vocabulary: tensors.get('token_embd.weight')?.dimensions[1] ?? 0,
    context: size('context_length'),
    ropeTheta: facts.real(`${family}.rope.freq_base`, 10000),
    ropeScaling: readScaling(facts, family, headDim, frequencies),
    normEpsilon: facts.real(`${family}.attention.layer_norm_rms_epsilon`),
    tied: !tensors.has('output.weight'),
  };
  if (heads % shape.kvHeads !== 0) throw invalid(`its ${heads} heads are no multiple of its ${shape.kvHeads} of keys and values`);
  if (headDim % 2 !== 0) throw invalid(`its heads of ${headDim} cannot be rotated in pairs`);
  if (shape.layers > MOST_LAYERS) throw invalid(`it would have ${shape.layers} layers`);
  return shape;
}

function readFamily(facts: Facts): Family {
  const architecture = facts.string('general.architecture');
  if (!FAMILIES.includes(architecture)) throw unsupported(`its architecture is ${quoted(architecture)}`, CHOOSE);
  return architecture as Family;
}

function readScaling(facts: Facts, family: Family, headDim: number, frequencies: Float32Array | null): RopeScaling | null {
  const type = facts.has(`${family}.rope.scaling.type`) ? facts.string(`${family}.rope.scaling.type`) : 'none';
  if (type !== 'none') throw unsupported(`it scales its rotary frequencies in the way ${quoted(type)}`, CHOOSE);
  if (!frequencies) return null;
  if (frequencies.length !== headDim / 2) throw unsupported('it scales its rotary frequencies in a way of its own', CHOOSE);
  // llama.cpp keeps what the scaling comes to, not its numbers. Published models differ in the factor alone, and that is the largest divisor.
  const scaling = { factor: Math.round(Math.max(...frequencies)), lowFrequency: 1, highFrequency: 4, original: 8192 };
  const theta = facts.real(`${family}.rope.freq_base`, 10000);
  const wanted = divisorsOf(scaling, theta, headDim);
  const same = wanted.every((each, i) => Math.abs(each / (frequencies[i] ?? 0) - 1) < 1e-4);
  if (!same) throw unsupported('it scales its rotary frequencies in a way of its own', CHOOSE);
  return scaling;
}

/** Names a shape without its context: models of one key run on one library. */
export function shapeKey(shape: Shape): string {
  const { family, hidden, feedForward, layers, heads, kvHeads, headDim, vocabulary, ropeTheta, ropeScaling, normEpsilon, tied } = shape;
  const scaling = ropeScaling ? `-s${ropeScaling.factor}` : '';
  const sides = `h${hidden}-f${feedForward}-l${layers}-q${heads}-k${kvHeads}-d${headDim}-v${vocabulary}`;
  return `${family}-${sides}-t${ropeTheta}${scaling}-e${normEpsilon}${tied ? '-tied' : ''}`;
}

/** A compiled library, as far as choosing one goes. */
export interface ShapeLibrary {
  /** `shapeKey` of what it was compiled for. */
  readonly shape: string;
  /** The model that it was compiled for, as a person knows it. */
  readonly name: string;
  /** Most tokens that its cache holds. */
  readonly context: number;
  /** Most tokens of one prefill. */
  readonly prefillChunk: number;
}

/** The one of `libraries` that runs `shape`. @throws FailureError gguf-unsupported, naming those that there are */
export function fitLibrary<Library extends ShapeLibrary>(shape: Shape, libraries: readonly Library[]): Library {
  const key = shapeKey(shape);
  const library = libraries.find((each) => each.shape === key);
  if (library) return library;
  const names = namesOf(libraries);
  const { family, layers, hidden, vocabulary } = shape;
  throw unsupported(
    `there is no library for a ${family} model of ${layers} layers, ${hidden} wide, with ${vocabulary} tokens`,
    names ? `Choose a file of one of these models: ${names}.` : 'This page has libraries for no such models.',
  );
}

/** By series, as "SmolLM2 135M, 360M; Llama 3.2 1B". */
function namesOf(libraries: readonly ShapeLibrary[]): string {
  const series = new Map<string, string[]>();
  for (const { name } of libraries) {
    const [, of = '', size = name] = /^(.*) (.*)$/.exec(name) ?? [];
    series.set(of, [...(series.get(of) ?? []), size]);
  }
  return [...series].map(([of, sizes]) => `${of} ${sizes.join(', ')}`.trim()).join('; ');
}
