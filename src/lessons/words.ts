/** What words are worth in a question: which carry no topic, which are one word in two forms, and which mean one thing. */

/** Words of every subject. What is asked with them is not what is asked about. */
const EMPTY_WORDS = new Set(
  `a able about according actually after again against ago all almost already also although always am among an and another any anybody anyone anything
  anyway are around as ask at away back basically be because become been before being best better-off between both but by call came can cannot cant case certain clear
  clearly come compare compared could couldnt course did didnt do does doesnt doing done dont each eat eats effort either else especially etc even ever every
  everybody everyone everything exactly example explain fact far feel few find first five four for from get getting give given go going gone gonna got had happen
  happening happens hard has hassle have havent having he hear help helped helpful helps hence her here hey hurt hurts harm hi him his how however i id idea if ill im in indeed instead into is isnt it
  its itself ive just keep kind kinda know known lately least less let lets like likely little look looking lot lots made mainly make makes making many may maybe me mean meaning
  means meant might mine more most mostly much must my myself near need needed needs neither never new next no nobody none nor normal normally not nothing notice now
  of off often oh old on once one ones only onto or ordinary other others otherwise our ours out over own particular people perhaps please point possible possibly practice pretty probably put quick-question quite rather real
  really reason regular said same-time saw say says see sense seem seems seen self set several shall she should show simple simply since so some somebody someone something sometimes somewhat sort
  stand stands still stuff such sure take taken takes talk tell ten than thank three thanks that the their them then there these they thing things think this those though thus tip to today together told tomorrow too took trouble
  toward tried truly try trying turn two understand until up upon us use used useful user users uses using usual usually various very via want wants was wasnt way ways we well went were what
  whatever when where whether which while who whole whom whose why will with within without wont wonder wondering work working works would wouldnt yes yet you your yours yourself`.split(
    /\s+/,
  ),
);

/** Spellings and phrases that are replaced before a question is cut into words. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/[’']/g, ''],
  [/\b(?:came|come|comes) up with\b/g, 'invented'],
  [/\bhow (?:long|far|many tokens) (?:should|can|must|may|to)\b/g, 'gamma'],
  [/\b([cgt])pus\b/g, '$1pu'],
  [
    /\bnum[_ -]?speculative[_ -]?tokens?\b|\bdraft[_ -]?(?:max|n[_ -]max|tokens?)\b|\bmax[_ -]?draft[_ -]?len\b|\bnumber of (?:draft|speculative)\w* tokens\b/g,
    'gamma',
  ],
  [/\bspec(?:ulative)?[- ]?(?:dec(?:ode|oding)?|sampling)\b|\bassisted (?:generation|decoding)\b/g, 'speculation'],
  [/\btime to (?:the )?first token\b|\bttft\b/g, 'firsttoken'],
  [/\b(?:difference between|(?:different|differ|differs) (?:from|to|than))\b/g, ''],
  [/\b\d+(?:\.\d+)? ?[bm]\b/g, 'size'],
  [/--speculative-config\b/g, 'vllm'],
  [/\bopenai[- ]compatible\b/g, 'client'],
  [/\bfirst (?:token|word)s?\b/g, 'firsttoken'],
  [/\b(?:turn|switch)(?:ed|ing|s|es)?(?: \w+)? (?:on|off)\b/g, 'enable'],
  [/\b(?:large|larger|big|bigger) (?:models?|ones?|llms?|ai|brother)\b/g, 'target'],
  [/\b(?:small|smaller|little|tiny|second|extra) (?:models?|ones?|llms?|ai)\b/g, 'draft'],
  [/\b(?:many|more|several|parallel|concurrent|simultaneous|multiple|\d+) (?:\w+ )?(?:users|requests|clients|people)\b/g, 'batch'],
  [/\b(?:assistant|helper|drafter|intern|speculator)s?(?: models?)?\b/g, 'draft'],
  [/\b(?:main|original|verifier|teacher) models?\b/g, 'target'],
  [/\btokens? per second\b|\btok\/s\b|\btokens\/s(?:ec)?\b|\btps\b/g, 'speed'],
  [/\bk[- ]?v[- ]caches?\b/g, 'cache'],
  [/\bprompt[- ]lookup\b|\bn-?grams?\b/g, 'lookup'],
  [/\bbreak[- ]?even\b/g, 'breakeven'],
  [/\b(?:50 ?%|(?:a |one )?half|every second|every other|coin flip)/g, 'half'],
  [/\bper ?cents?\b|\bpercentages?\b|%/g, ' '],
  [/\b\d+(?:\.\d+)? ?x\b|\bx times\b/g, 'faster'],
  [/\blm studio\b/g, 'lmstudio'],
  [/\bllama\.?cpp\b/g, 'llamacpp'],
  [/\btensorrt(?:-llm)?\b|\btrt(?:-?llm)?\b/g, 'tensorrt'],
  [/\bmixture[- ]of[- ]experts?\b/g, 'moe'],
  [/\b(?:int|fp)?(?:4|8)[- ]?bits?\b|\bint[48]\b|\bq4\w*\b/g, 'quantise'],
  [/\btop[- ]?[pk]\b/g, 'sampling'],
  [/\b(?:large |big |language )+models?\b|\bllms?\b/g, 'model'],
];

/** Words that people use for one thing; each becomes the first. */
const SYNONYMS: readonly string[] = [
  'faster fast quick quicker quickly speed speedup gain accelerate acceleration boost throughput-gain',
  'slow slower slowdown slowly lag',
  'worth pay pays payoff profit worthwhile benefit beneficial advantage',
  'reject rejection refuse struck strike fail fails disagree disagrees mismatch',
  'wrong incorrect mistake error bad terrible poor awful stupid nonsense garbage weak',
  'right correct correctly corrects true truth',
  'good ok okay fine enough decent acceptable',
  'better worse',
  'fall falls shrink shrinks decrease drop drops lower reduce',
  'accept acceptance kept agree agreement approve alpha α hit',
  'gamma γ ahead length',
  'quality dumber dumb stupider smart smarter intelligent intelligence accurate accuracy degrade degradation precision precise',
  'same difference different differ differs identical unchanged lossless exact exactness equal preserve change changes changed alter affect approximate approximation',
  'output answer response reply text result completion',
  'memory vram ram gb gigabyte',
  'quantise quantize quantization quantisation gguf awq gptq',
  'choose choice pick select recommend suggest ideal optimal optimum',
  'size sizes ratio',
  'big bigger large larger huge',
  'small smaller tiny mini',
  'draft guess proposal propose speculate predict prediction foresee anticipate',
  'verify verification check checking judge validate validation test',
  'target editor',
  'tokenizer tokeniser vocabulary vocab',
  'price cost costs expensive dear overhead',
  'money bill cheap cheaper save savings dollar budget pricing',
  'energy electricity power watt watts battery consumption flops compute computation',
  'cpu processor',
  'gpu graphics cuda card nvidia',
  'laptop phone mobile mac macbook pc computer browser notebook desktop smartphone apple edge',
  'chat chatbot conversation dialogue dialog turn turns multiturn assistant-chat',
  'agent agents agentic tool tools function-calling reasoning',
  'batch batching batches concurrent concurrency parallel load busy traffic parallel-requests',
  'server serve serving endpoint production deploy deployment',
  'enable activate configure configuration config setup install settings setting option options flag flags parameter parameters switch',
  'stream streaming streamed sse bursts bunches',
  'code coding programming python software',
  'creative poem poetry poems fiction story stories prose',
  'context prompt input document documents',
  'train training retrain finetune tuning tune trained learn',
  'distil distill distillation distilled',
  'invent invented inventor paper papers origin history author authors published discovered',
  'provider openai anthropic google chatgpt claude gemini gpt',
  'measure benchmark measuring measurement benchmarking evaluate compare-fairly',
  'temperature sample sampling sampled random randomly greedy stochastic',
  'seed reproducible deterministic determinism reproduce repeatable',
  'discard discarded wasted waste throw thrown',
  'bonus extra free additional',
  'residual leftover subtract',
  'lookup copy copying',
  'family architecture families',
  'decode decoding generate generation generating write writing inference',
  'bottleneck limit limited limiting bound idle',
  'cache caching cached caches',
  'client clients api sdk request requests',
  'heads head medusa eagle mtp',
  'half fifty',
];

/** Endings of English, longest first within their kind; what is left has to have three letters at least. */
const ENDINGS = /^(.{3,}?)(?:is?ations?|ations?|itions?|ances?|ences?|ments?|ings?|ness|able|ible|ions?|ers?|ors?|est|ed|ly|al|ive)$/;

const CANONICAL = new Map<string, string>();
for (const group of SYNONYMS) {
  const [first = '', ...others] = group.split(' ');
  for (const word of [first, ...others]) CANONICAL.set(stem(word), stem(first));
}

/** The stems of `text` that carry meaning, in order; words that mean one thing have one stem. */
export function stemsOf(text: string): string[] {
  const spelled = PHRASES.reduce((before, [pattern, replacement]) => before.replace(pattern, replacement), text.toLowerCase());
  return (spelled.match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !EMPTY_WORDS.has(word) && !/^(?:\d+[a-z]?|[a-z]\d+)$/.test(word))
    .map(stem)
    .map((each) => CANONICAL.get(each) ?? each);
}

/** Words that belong to this subject; whatever else is asked with them is likely about it. */
const SUBJECT =
  /\b(?:tokens?|tokeni[sz]ers?|draft(?:s|ed|ing|er)?|targets?|spec(?:ulat\w*)?|decod\w*|gamma|alpha|temperature|sampl\w*|inference|llms?|models?|prompts?|prefill\w*|vocab\w*|outputs?|distil\w*|quanti[sz]\w*|look-?(?:up|ahead)|medusa|eagle|beam search|batch\w*|latency|throughput|residual|bonus|rejected|rejection|accept(?:ed|ance)|verif\w*|bottleneck|speed-?ups?|kv|p ?\/ ?q|p over q|ttft|vllm|sglang|llama\S*|tensorrt\S*|lm studio|transformers|roofline|bandwidth|moe|mixture of experts|lossless|break-?even|vram|workloads?|num_\w+|openai|chatgpt|claude|gemini|agents?|answers?|repl(?:y|ies)|quality|accuracy|precision|benchmarks?|stream\w*)\b|[αγ]/i;

/** Whether `question` names something of this subject, or points at it ("Does it pay?"). */
export function isOnTopic(question: string): boolean {
  return SUBJECT.test(question) || /\b(?:it|its|this|that|these|those|they|them)\b/i.test(question);
}

/** Cuts the endings of English off, so that "drafts", "drafted" and "drafting" meet, and "quantize" and "quantisation" do. */
function stem(word: string): string {
  const single = word
    .replace(/ies$|ied$/, 'y')
    .replace(/(?<=[sxz]|ch|sh)es$|(?<![su])s$/, '')
    .replace(/iz(?=e|a|i)/, 'is');
  const bare = single.length < 5 ? single : (ENDINGS.exec(single)?.[1] ?? single);
  const plain = bare.replace(/([bdfglmnprst])\1$/, '$1');
  return plain.length < 4 ? plain : plain.replace(/[ey]$|is$|if$/, '');
}
