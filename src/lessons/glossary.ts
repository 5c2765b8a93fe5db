/** The words of the field, each with its definition, in one place: lessons, quiz and tutor mark them wherever they occur. */
export interface Term {
  readonly id: string;
  readonly name: string;
  /** How it is written in running text, lower case. */
  readonly forms: readonly string[];
  readonly definition: string;
}

export const GLOSSARY: readonly Term[] = [
  {
    id: 'token',
    name: 'Token',
    forms: ['token', 'tokens'],
    definition:
      'A piece of text that a model reads and writes as a unit: a word, part of a word, a punctuation mark. Models write one at a time.',
  },
  {
    id: 'target-model',
    name: 'Target model',
    forms: ['target model', 'target'],
    definition: 'The large model whose output is wanted. It judges every draft and has the last word at every position.',
  },
  {
    id: 'draft-model',
    name: 'Draft model',
    forms: ['draft model', 'draft models'],
    definition:
      'A small, fast model with the target’s vocabulary. It guesses the next few tokens; a guess stays only if it passes the target’s test.',
  },
  {
    id: 'draft-length',
    name: 'Draft length γ',
    forms: ['draft length', 'γ', 'gamma'],
    definition:
      'How many tokens are drafted in a round, written γ (gamma). Serving libraries call it the number of draft or speculative tokens.',
  },
  {
    id: 'round',
    name: 'Round',
    forms: ['round', 'rounds'],
    definition: 'One turn of the loop: draft γ tokens, verify them in one target pass, keep a prefix, add one token of the target’s own.',
  },
  {
    id: 'pass',
    name: 'Forward pass',
    forms: ['forward pass', 'pass', 'passes'],
    definition: 'One run through all layers of a model, over one token or over several side by side.',
  },
  {
    id: 'verify',
    name: 'Verify',
    forms: ['verify', 'verification', 'verifies'],
    definition: 'One target pass over the last token and all drafts, which gives the target’s own probabilities at every position at once.',
  },
  {
    id: 'accepted',
    name: 'Accepted',
    forms: ['accepted'],
    definition: 'A drafted token that passed the target’s test and stays.',
  },
  {
    id: 'rejected',
    name: 'Rejected',
    forms: ['rejected', 'rejection'],
    definition: 'The first drafted token of a round that fails the test. There is at most one in a round: later drafts are not judged.',
  },
  {
    id: 'discarded',
    name: 'Discarded',
    forms: ['discarded'],
    definition: 'A drafted token after a rejection. It was guessed after a token that is gone, so it is dropped without being judged.',
  },
  {
    id: 'corrected',
    name: 'Corrected token',
    forms: ['corrected token', 'corrected'],
    definition: 'The target’s own token, in place of the rejected one, drawn from the residual distribution.',
  },
  {
    id: 'bonus',
    name: 'Bonus token',
    forms: ['bonus token', 'bonus'],
    definition: 'One more token from the target, added when every draft of a round was accepted. The same pass has already computed it.',
  },
  {
    id: 'residual',
    name: 'Residual distribution',
    forms: ['residual distribution', 'residual'],
    definition: 'The part of the target’s distribution p that exceeds the draft’s q: max(0, p − q), scaled to sum to one.',
  },
  {
    id: 'acceptance-rate',
    name: 'Acceptance rate α',
    forms: ['acceptance rate', 'acceptance rates', 'α', 'alpha'],
    definition:
      'The share of judged drafts that were accepted: accepted / (accepted + rejected). Discarded drafts were never judged and do not count.',
  },
  {
    id: 'accepted-over-drafted',
    name: 'Accepted / drafted',
    forms: ['accepted / drafted', 'accepted/drafted'],
    definition: 'The plain ratio of two counts. Discarded drafts count against it, so it falls as γ grows, even where α stays the same.',
  },
  {
    id: 'mean-acceptance-length',
    name: 'Mean acceptance length',
    forms: ['mean acceptance length'],
    definition: 'Tokens committed per target pass, the target’s own included: between 1 and γ + 1.',
  },
  {
    id: 'speedup',
    name: 'Speedup',
    forms: ['speedup', 'speedups'],
    definition:
      'Tokens per second with speculation over tokens per second without it, for the same target, prompt and length. Below 1 it is a loss.',
  },
  {
    id: 'break-even',
    name: 'Break-even',
    forms: ['break-even'],
    definition: 'The acceptance rate at which speculation is just as fast as plain decoding, for a given γ and given costs.',
  },
  {
    id: 'cost-ratio',
    name: 'Cost ratio c',
    forms: ['cost ratio'],
    definition: 'The time of one draft step over the time of one target step on one token.',
  },
  {
    id: 'verify-ratio',
    name: 'Verify ratio v(γ)',
    forms: ['verify ratio', 'v(γ)'],
    definition: 'The time of a target pass over γ + 1 tokens, over the time of a pass on one. Near 1 where memory is the limit.',
  },
  {
    id: 'plain-decoding',
    name: 'Plain decoding',
    forms: ['plain decoding', 'decoding plainly'],
    definition: 'The target alone, one pass for each token. Speculation is compared with it.',
  },
  {
    id: 'lossless',
    name: 'Lossless',
    forms: ['lossless'],
    definition:
      'At temperature 0 the token ids equal the target’s own; above 0 the outputs have the target’s own distribution. It does not mean that two sampled texts are equal.',
  },
  {
    id: 'temperature',
    name: 'Temperature',
    forms: ['temperature'],
    definition:
      'How freely a model chooses. At 0 it takes its most likely token (greedy decoding); the higher, the more often it takes a less likely one.',
  },
  {
    id: 'kv-cache',
    name: 'KV cache',
    forms: ['kv cache', 'kv caches', 'caches'],
    definition:
      'Keys and values that a model has computed for earlier tokens and need not compute again. Speculation keeps one for each model and cuts both back after a rejection.',
  },
  {
    id: 'bandwidth',
    name: 'Memory bandwidth',
    forms: ['memory bandwidth', 'bandwidth'],
    definition:
      'How many bytes a second a device can read from its memory. It often decides how fast one token after another can be written.',
  },
  {
    id: 'roofline',
    name: 'Roofline',
    forms: ['roofline'],
    definition:
      'A model of speed with two limits: below a certain amount of work per byte read, memory is the limit; above it, arithmetic is (Williams, Waterman and Patterson 2009).',
  },
  {
    id: 'prefill',
    name: 'Prefill',
    forms: ['prefill'],
    definition: 'Reading the prompt, many tokens side by side, before the first token is written. Speculation does not make it faster.',
  },
  {
    id: 'first-token',
    name: 'Time to first token',
    forms: ['time to first token'],
    definition: 'The time from sending a request until its first token arrives. Prefill decides it.',
  },
  {
    id: 'latency',
    name: 'Latency',
    forms: ['latency'],
    definition: 'How long one request takes.',
  },
  {
    id: 'throughput',
    name: 'Throughput',
    forms: ['throughput'],
    definition: 'How many tokens a second a device writes for all its requests together.',
  },
  {
    id: 'batch',
    name: 'Batch',
    forms: ['batch', 'batching'],
    definition: 'Several requests in one forward pass, which read the weights once for all of them.',
  },
  {
    id: 'ngram',
    name: 'N-gram drafting (prompt lookup)',
    forms: ['n-gram drafting', 'n-grams', 'n-gram', 'prompt lookup'],
    definition: 'Drafting without a model: find the last words earlier in the text, and propose what followed them there.',
  },
  {
    id: 'quantisation',
    name: 'Quantisation',
    forms: ['quantisation', 'quantised', 'quantising'],
    definition:
      'Storing weights in fewer bits. Less is read for every token, so decoding is faster; the output is no longer exactly the same.',
  },
  {
    id: 'constrained-output',
    name: 'Constrained output',
    forms: ['constrained output'],
    definition: 'Text that must fit a format, such as JSON of a schema. Much of it is forced, which makes it easy to draft.',
  },
  {
    id: 'vocabulary',
    name: 'Vocabulary',
    forms: ['vocabulary', 'vocabularies'],
    definition: 'All tokens that a model knows, each with its number. Draft and target need the same one, or no draft could be judged.',
  },
];

/** A stretch of running text: a term, or what stands between two. */
export interface Stretch {
  readonly text: string;
  readonly term: Term | null;
}

const FORMS = GLOSSARY.flatMap((term) => term.forms.map((form) => ({ form, term }))).sort((a, b) => b.form.length - a.form.length);
const BY_FORM = new Map(FORMS.map(({ form, term }) => [form, term]));
const escaped = FORMS.map(({ form }) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
/** Whole words only: neither a letter nor a figure on either side. */
const TERMS = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'giu');

/** Cuts `text` at the terms in it, longest forms first. A term whose id is in `seen` is left as text; what is found is added to it. */
export function markTerms(text: string, seen: Set<string> = new Set()): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const match of text.matchAll(TERMS)) {
    const term = BY_FORM.get(match[0].toLowerCase());
    if (!term || seen.has(term.id)) continue;
    seen.add(term.id);
    if (match.index > from) stretches.push({ text: text.slice(from, match.index), term: null });
    stretches.push({ text: match[0], term });
    from = match.index + match[0].length;
  }
  if (from < text.length) stretches.push({ text: text.slice(from), term: null });
  return stretches;
}

export function termOf(id: string): Term | null {
  return GLOSSARY.find((term) => term.id === id) ?? null;
}
