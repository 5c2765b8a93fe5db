/** What a question is about: the subject of the course, the page, or neither for sure. */

/** Names of the subject of the course. In it they say no more than "it" does. */
const NAME = /\b(?:spec(?:ulative)?[- ]?(?:dec(?:ode|oding)?|sampling)|assisted (?:generation|decoding)|speculation)\b/gi;
/** Words that hardly any other subject has. */
const OWN =
  /\b(?:foretoken|webgpu|web-?llm|this (?:page|site|website|web page|app|demo)|speculat\w*|spec|decod\w*|draft(?:ed|er)?s? (?:models?|tokens?|lengths?)|draft(?:er|ed)|(?:draft|target|small\w*|large\w*|big\w*|tiny|main|language|second|two|both|my|the) models?|llms?|tokeni[sz]ers?|vocabular\w*|tokens? per|(?:accepted|rejected|corrected|bonus|drafted|speculative|extra|free) tokens?|gamma|inference|prefill\w*|kv|quanti[sz]\w*|distil\w*|n-?grams?|prompt lookup|medusa|eagle|beam search|lookahead|vllm|sglang|llama\S*|tensorrt\S*|trtllm\S*|lm studio|ollama|transformers|gguf|roofline|moe|mixture of experts|lossless|break[- ]?even|vram|num_\w+|chatgpt|gpt|\d+b|ttft|p ?\/ ?q|p over q|forward pass|verify ratio)\b|[αγ]/i;

/** Words that belong to this subject, and to others. */
const SHARED =
  /\b(?:tokens?|drafts?|drafting|targets?|models?|alpha|temperature|sampl\w*|prompts?|outputs?|batch\w*|latency|throughput|residual|bonus|reject\w*|accept\w*|verif\w*|bottleneck|speed-?ups?|memory|gigabytes?|gb|bandwidth|workloads?|openai|claude|gemini|agents?|chat(?:bot)?s?|answers?|comput\w* power|repl(?:y|ies)|texts?|quality|accuracy|precision|benchmarks?|comparisons?|streams?|streaming|server|endpoints?|api|client|json|context|caches?|seed|guess\w*|framework|paper\w*|my (?:runs?|prompts?|progress|history))\b/i;

/** How sure it is that `question` is about this subject: by its words, by the subject's name, or because it points at it ("Does it pay?"). */
export function topicOf(question: string): 'own' | 'named' | 'shared' | 'none' {
  if (OWN.test(unnamed(question))) return 'own';
  if (isNamed(question)) return 'named';
  return SHARED.test(question) || /\b(?:it|its|this|that|these|those|they|them)\b/i.test(question) ? 'shared' : 'none';
}

/** What a question about the page itself points at. */
const HERE =
  /\b(?:page|site|website|app|here|it|this|these|webgpu|foretoken|marks?|marked|legend|colou?r\w*|underlin\w*|struck|crossed|recordings?|offline|(?:my|own) (?:\w+ )?(?:runs?|prompts?|history|progress|texts?|data)|(?:an?|the) runs?)\b/i;

/** Whether `question` may be about the page itself. */
export function pointsHere(question: string): boolean {
  return HERE.test(question);
}

/** Whether `question` names the subject of the course. */
export function isNamed(question: string): boolean {
  return question.search(NAME) !== -1;
}

/** `question` with `instead` for the subject's name. */
export function unnamed(question: string, instead = ' '): string {
  return question.replace(NAME, instead);
}
