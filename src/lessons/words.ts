import { unnamed } from './subject';

/** What words are worth in a question: which carry no topic, which are one word in two forms, and which mean one thing. */

/** Words of every subject, in all their forms. What is asked with them is not what is asked about. */
const EMPTY_WORDS = new Set(
  `a able about according actually after again against ago all almost already also although always am among an and another any anybody anyone anything
  anyway are around as ask at away back basically be believe bother because become been before being best better-off between both but by call came care cares can cannot cant case certain
  clearly come compare compared could couldnt course did didnt do does doesnt doing done dont each eat eats effort either else especially etc even expect ever every
  everybody everyone everything example explain fact far feel few find first five four for from get getting give given go going gone gonna got had happen
  happening happens hard has hassle have havent having he hear help helped helpful helps hence her here hey hurt hurts harm hi him his how however i id idea if ill im in indeed instead into is isnt it
  its itself ive just keep kind kinda know known lately least less let lets like likely little look looking lot lots made mainly make makes making many may maybe me mean meaning
  means meant might mine more most mostly much must my myself near need needed needs neither never new next no nobody none nor normal normally not nothing notice now
  of off often oh old on once one ones only onto or ordinary other others otherwise our ours out over own particular people perhaps please point possible possibly practice pretty probably put quick-question quite rather real
  really reason regular said same-time saw say says see sense seem seems seen self set several shall she should show simply since so some somebody someone something sometimes somewhat sort
  stand stands still stuff such sure take taken takes talk tell ten than thank three thanks that the their them then there these they thing things think this those though thus tip to today together told tomorrow too took trouble
  toward tried truly try trying turn two understand until up upon us use used useful user users uses using usual usually various very via want wants was wasnt way ways we well went were what
  whatever when where whether which while who whole whom whose why will with within without wont wonder worry wondering work working works would wouldnt yes yet you your yours yourself zero`.split(
    /\s+/,
  ),
);

/** Words that may say something, but are asked with in every subject: where an entry has one it counts, where it has not nothing is missing. */
const LIGHT_WORDS = `
    accomplish achieve act add added adding advice affordable after allow allowed amount anymore appear appears applied apply approach arise aspect
    aspects assume attempt automatic automatically available avoid aware base based basic beginning behave behaviour bit boss brief briefly bring
    brings broken build built busy capable carry catch cause causes challenge chance chosen claim common commonly compatible complete completely
    complex complicated concern concerned condition conditions confirm confused confusing consider consist contain contains continue control convince
    count couple create current currently deal decide decision deep define delay deliver demand depend depends describe design desired detail details
    detect determine develop difficult direct directly discover discuss doubt drawback earlier early easier easily easy effect effective effectively
    efficient efficiently employ end ended ends ensure entire equally essential estimate exist exists experience extent face fair fairly famous fear
    feature figure fill final finally fix fixed follow followed following force form former forward frequent frequently full fully fundamental further
    future general generally genuine grow guarantee guaranteed guide handle handled hint hold holds hope hundreds ideal ideally imagine immediate
    immediately impact implement implemented important impossible improve improved include included includes increase increased indicate influence
    inform insight instance intend interest interested interesting interpret introduce introduced involve involved involves issue issues join key
    kinds label later latter lead leads leave left legit level likelihood list listed live longer loose main major manage manner match matched
    mechanism mention method methods minor minute miss missing mode modern moment motivation move name named natural nature necessarily necessary nice
    notion number numbers obtain obvious occur occurs offer old older operate opinion opposed order organise original outcome overall part
    particularly parts path pattern perfect perfectly perform performs picture piece place places plan play popular position potential prefer present
    prevent previous previously principle problem problems proceed process profitable promise promised proper properly provide provided provides pure
    purpose question questions quit quote raise range rarely reach react ready realise realistic reality receive recent recently recommend recommended
    refer regard regarding relate related relation relevant rely remain remaining remains remind remove removed removes represent require required
    requires respect respond rest reveal role rough roughly rule run running runs safe safely satisfied scale scales scenario scenarios section
    sensible separate separately serious seriously share shared shorter shortest sign significant significantly similar similarly single situation
    situations slight slightly solution solve solved specific specifically spend spent split standard start started starting state statement stop
    stopped stops strange strong strongly struggle succeed success successful suffer suit suitable suits summary supply support supported supports
    suppose supposed surprising switched system systems task tasks tend term terms thought top topic total totally trick tricky trust type types
    typical typically unclear under underlying understandable understood unfair unless unlike usefulness valid valuable value values vary version
    versions view visible wait waiting warn watch weird widely wish wording worried worst year years
    hundred thousand million dozen send sent submit arrive pass show tell forward`.trim();

/** Spellings and phrases that are replaced before a question is cut into words. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/[’']/g, ''],
  [/\b(?:at (?:the )?(?:same time|once)|simultaneously)\b/g, ''],
  [/\b(?:an? (?:lot|bit|couple|number) of|lots of|plenty of)\b/g, 'many'],
  [/\bwhat time\b/g, 'oclock'],
  [/\bwhat exactly\b/g, 'what'],
  [/\blike (?:im|i am|i were|to) (?:five|5|an? \w+)\b/g, 'simple'],
  [/\b(?:double|dotted) (?:under)?lines?\b|\b(?:struck|crossed)[- ](?:out|through)\b|\bstrike-?through\b/g, 'marks'],
  [/\bin (?:a|one|two|three|a few) (?:sentences?|words|lines)\b/g, 'simple'],
  [/\b(?:came|come|comes) up with\b/g, 'invented'],
  [/\bhow (?:long|far|many tokens) (?:should|can|must|may|to)\b/g, 'gamma'],
  [/\b([cgt])pus\b/g, '$1pu'],
  [
    /\bnum[_ -]?speculative[_ -]?tokens?\b|\bdraft[_ -]?(?:max|n[_ -]max|tokens?)\b|\bmax[_ -]?draft[_ -]?len\b|\bnumber of (?:draft|speculative)\w* tokens\b/g,
    'gamma',
  ],
  [/\btime to (?:the )?first token\b|\bttft\b/g, 'firsttoken'],
  [/\b(?:difference between|(?:different|differ|differs) (?:from|to|than))\b/g, ''],
  [/\b\d+(?:\.\d+)? ?[bm]\b/g, 'size'],
  [/--speculative-config\b/g, 'vllm'],
  [/\bopenai[- ]compatible\b/g, 'client'],
  [/\baccepted ?(?:\/|over|divided by|÷) ?drafted\b/g, 'accepteddrafted'],
  [/\b(?:its|their) own draft(?: model)?\b|\bself[- ]?(?:speculat|draft)\w*/g, 'selfdraft'],
  [/\bbatch sizes?\b/g, 'batch'],
  [
    /\b(?:one )?(?:token|word)s? (?:by (?:token|word|one)|at a time|after (?:another|the other|token))\b|\bone (?:by one|at a time|after another)\b/g,
    'sequential',
  ],
  [/\b(?:good|bad|poor|right) (?:fit|idea|choice|option|match)\b/g, 'worth'],
  [/\bfirst[- ](?:token|word)s?\b/g, 'firsttoken'],
  [/\b(?:turn|switch)(?:ed|ing|s|es)?(?: \w+)? (?:on|off)\b/g, 'enable'],
  [/\b(?:large|larger|big|bigger) (?:models?|ones?|llms?|ai|brother)\b/g, 'target'],
  [/\b(?:small|smaller|little|tiny|second|extra) (?:models?|ones?|llms?|ai)\b/g, 'draft'],
  [
    /\b(?:many|more|several|parallel|concurrent|simultaneous|multiple|thousands of|hundreds of|dozens of|hundred|thousand|\d+) (?:\w+ )?(?:users|requests|clients|people|customers)(?: (?:who |that )?(?:send|sending|make|making|post|posting|submit|submitting) (?:\w+ )?requests?)?\b/g,
    'batch',
  ],
  [/\b(?:assistant|helper|drafter|intern|speculator)s?(?: models?)?\b/g, 'draft'],
  [/\b(?:main|original|verifier|teacher) models?\b/g, 'target'],
  [/\btokens? per second\b|\btok\/s\b|\btokens\/s(?:ec)?\b|\btps\b/g, 'speed'],
  [/\bk[- ]?v[- ]caches?\b/g, 'cache'],
  [/\bprompt[- ]lookup\b|\bn-?grams?\b/g, 'ngram'],
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
  'faster fast quick quicker quickly speed sped speedup gain accelerate acceleration boost throughput-gain',
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
  'same untouched intact unaffected exactly precisely difference different differ differs identical unchanged lossless exact exactness equal preserve change changes changed alter affect approximate approximation',
  'output answer response reply text result completion',
  'memory vram ram gb gigabyte gigabytes',
  'quantise quantize quantization quantisation awq gptq',
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
  'energy climate environment carbon green planet electricity power watt watts battery consumption flops compute computation',
  'cpu processor',
  'gpu graphics cuda card nvidia',
  'laptop phone mobile mac macbook pc browser notebook desktop smartphone apple edge',
  'chat chatbot conversation dialogue dialog turn turns multiturn assistant-chat',
  'agent agents agentic tool tools function-calling reasoning',
  'batch batching batches concurrent concurrency parallel load busy traffic parallel-requests',
  'server serve serving endpoint production deploy deployment',
  'enable activate configure configuration config setup install settings setting option options flag flags parameter parameters switch',
  'stream streaming streamed sse bursts bunches',
  'code coding programming python software',
  'creative poem poetry poems fiction prose',
  'context prompt input document documents',
  'train training retrain finetune tuning tune trained learn',
  'distil distill distillation distilled',
  'invent invented inventor paper papers origin history author authors published discovered',
  'provider openai anthropic google chatgpt claude gemini gpt',
  'measure benchmark measuring measurement benchmarking evaluate comparison comparisons',
  'repeat repeated repetition repetitions',
  'temperature sample sampling sampled random randomly greedy stochastic',
  'seed reproducible deterministic determinism reproduce repeatable',
  'discard discarded wasted waste throw thrown vain',
  'bonus extra free additional',
  'residual leftover subtract',
  'ngram lookup copy copying',
  'family architecture families',
  'decode decoding generate generation generating produce write writing inference',
  'simple child kid kids beginner layman grandma grandmother dummies eli5 plain',
  'bottleneck limit limited limiting bound idle',
  'cache caching cached caches',
  'client clients api sdk request requests',
  'heads head medusa eagle mtp',
  'half fifty',
  'mark marks marked colour colours color colors coloured colored underline underlines underlined symbol symbols legend grey gray italic caret',
  'offline internet network wifi reception',
  'delete wipe erase',
  'pause freeze',
  'store stored storage',
];

/** Endings of English, longest first within their kind; what is left has to have three letters at least. */
const ENDINGS = /^(.{3,}?)(?:is?ations?|ations?|itions?|ances?|ences?|ments?|ings?|ness|able|ible|ions?|ers?|ors?|est|ed|ly|al|ive)$/;

const CANONICAL = new Map<string, string>();
for (const group of SYNONYMS) {
  const [first = '', ...others] = group.split(' ');
  for (const word of [first, ...others]) CANONICAL.set(stem(word), stem(first));
}

/** Empty words in all their forms; a form that has a meaning is not one of them. */
const EMPTY = new Set([...EMPTY_WORDS].flatMap((word) => [word, ...formsOf(word).filter((form) => !CANONICAL.has(stem(form)))]));

const LIGHT = new Set(
  LIGHT_WORDS.split(/\s+/)
    .map(stem)
    .filter((each) => !CANONICAL.has(each)),
);

/** Whether a stem says little of what a question is about. */
export function isLight(stem: string): boolean {
  return LIGHT.has(stem);
}

/** The stems of `text` that carry meaning, in order; words that mean one thing have one stem. */
export function stemsOf(text: string): string[] {
  const spelled = PHRASES.reduce((before, [pattern, replacement]) => before.replace(pattern, replacement), unnamed(text).toLowerCase());
  return (spelled.match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !EMPTY.has(word) && !/^(?:\d+[a-z]?|[a-z]\d+)$/.test(word))
    .map(stem)
    .map((each) => CANONICAL.get(each) ?? each);
}

/** The forms that `word` has where it is a regular verb: "give" is also "gives", "gived" and "giving". */
function formsOf(word: string): string[] {
  if (word.length < 2) return [];
  const root = word.replace(/e$/, '');
  const past = /[^aeiou]y$/.test(word) ? word.replace(/y$/, 'ied') : `${root}ed`;
  const third = /[^aeiou]y$/.test(word) ? word.replace(/y$/, 'ies') : /(?:[osxz]|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
  const double = /[^aeiou][aeiou][bdgmnprt]$/.test(word) ? word + word.slice(-1) : root;
  return [third, past, `${root}ing`, `${double}ing`];
}

/** Cuts the endings of English off, so that "drafts", "drafted" and "drafting" meet, and "quantize" and "quantisation" do. */
export function stem(word: string): string {
  const single = word
    .replace(/ies$|ied$/, 'y')
    .replace(/(?<=[sxz]|ch|sh)es$|(?<![su])s$/, '')
    .replace(/iz(?=e|a|i)/, 'is');
  const bare = single.length < 5 ? single : (ENDINGS.exec(single)?.[1] ?? single);
  const plain = bare.replace(/([bdfglmnprst])\1$/, '$1');
  return plain.length < 4 ? plain : plain.replace(/[ey]$|is$|if$/, '');
}
