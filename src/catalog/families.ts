/**
 * What the names of published models tell before any of their files is there. A family is a release whose models, as their makers say, have one
 * tokenizer; a fine-tune with special tokens of its own is a family of its own. Only tokenizer.json can tell for sure (`tokenizer.ts`).
 */

/** What a model remembers of its text: `attention` over all of it can be rolled back; a `window` or a `recurrent` state cannot. */
export type Memory = 'attention' | 'window' | 'recurrent';

interface Family {
  readonly name: string;
  /** Of the names of its models, without their quantisation. The first family that fits has a model. */
  readonly models: RegExp;
  readonly memory: Memory;
}

const plain = (name: string, models: RegExp): Family => ({ name, models, memory: 'attention' });

const FAMILIES: readonly Family[] = [
  plain('Llama 3.1 and 3.2', /^Llama-3\.[12]-/),
  plain('Llama 3', /^Llama-3-/),
  plain('Llama 2', /^Llama-2-/),
  plain('Hermes 3 of Llama 3', /^Hermes-3-Llama-3/),
  plain('Hermes 2 of Llama 3', /^Hermes-2-(Pro|Theta)-Llama-3/),
  plain('Hermes 2 of Mistral', /^Hermes-2-Pro-Mistral/),
  plain('OpenHermes of Mistral', /^(Open|Neural)Hermes-2\.5-Mistral/),
  plain('DeepSeek R1 of Llama', /^DeepSeek-R1-Distill-Llama/),
  plain('DeepSeek R1 of Qwen', /^DeepSeek-R1-Distill-Qwen/),
  plain('Mistral 7B 0.3', /^Mistral-7B-Instruct-v0\.3/),
  plain('Mistral 7B 0.2', /^(Mistral-7B-Instruct-v0\.2|WizardMath-7B)/),
  plain('Ministral 3', /^Ministral-3-/),
  { name: 'Qwen3.5', models: /^Qwen3\.5-/, memory: 'recurrent' },
  plain('Qwen3', /^Qwen3-/),
  plain('Qwen2.5', /^Qwen2\.5-/),
  plain('Qwen2', /^Qwen2-/),
  plain('SmolLM2', /^SmolLM2-/),
  plain('TinyLlama 1.0', /^TinyLlama-1\.1B-Chat-v1\.0/),
  plain('TinyLlama 0.4', /^TinyLlama-1\.1B-Chat-v0\.4/),
  plain('Phi 4', /^Phi-4-/),
  plain('Phi 3', /^Phi-3(\.5)?-mini/),
  plain('Phi 1.5 and 2', /^phi-(1_5|2)$/),
  { name: 'Gemma 4', models: /^gemma-4-/i, memory: 'window' },
  { name: 'Gemma 3', models: /^gemma-?3-/i, memory: 'window' },
  plain('Gemma 2', /^gemma-2-/i),
  plain('Gemma', /^gemma-/i),
  plain('OLMo 2', /^OLMo-2-/),
  plain('StableLM 2', /^stablelm-2-/),
  plain('RedPajama', /^RedPajama-/),
  { name: 'RWKV', models: /rwkv/i, memory: 'recurrent' },
  { name: 'Mamba', models: /mamba/i, memory: 'recurrent' },
];

/** A model that no family has is a family of its own. @param model its name without its quantisation, as `Qwen3-0.6B` */
export function familyOf(model: string): { readonly name: string; readonly memory: Memory } {
  return FAMILIES.find(({ models }) => models.test(model)) ?? { name: model, memory: 'attention' };
}

/** The published model with the fewest parameters: what to offer where no graphics card computes. */
export const SMALLEST = 'SmolLM2-135M-Instruct';

/** Targets to offer first, those that take least memory first, each with the drafts that are worth trying, the first one first. */
export const FIRST_CHOICES: readonly { readonly target: string; readonly drafts: readonly string[] }[] = [
  { target: 'Qwen2.5-1.5B-Instruct', drafts: ['Qwen2.5-0.5B-Instruct'] },
  { target: 'Qwen3-1.7B', drafts: ['Qwen3-0.6B'] },
  { target: 'SmolLM2-1.7B-Instruct', drafts: ['SmolLM2-135M-Instruct', 'SmolLM2-360M-Instruct'] },
  { target: 'Qwen2.5-3B-Instruct', drafts: ['Qwen2.5-0.5B-Instruct'] },
  { target: 'Llama-3.2-3B-Instruct', drafts: ['Llama-3.2-1B-Instruct'] },
  { target: 'Qwen3-4B', drafts: ['Qwen3-0.6B'] },
  { target: 'Qwen2.5-7B-Instruct', drafts: ['Qwen2.5-0.5B-Instruct'] },
  { target: 'Llama-3.1-8B-Instruct', drafts: ['Llama-3.2-1B-Instruct'] },
  { target: 'Qwen3-8B', drafts: ['Qwen3-0.6B'] },
];
