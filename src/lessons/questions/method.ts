import type { QuestionGroup } from './question';

const LIMITS = 'What it does, and what it does not';

export const METHOD: QuestionGroup = {
  title: 'How it works',
  questions: [
    {
      id: 'what-is-it',
      ask: 'What is speculative decoding?',
      also: [
        'How does speculative decoding work?',
        'Explain speculative decoding in simple words',
        'Give me a summary of the idea for a beginner',
        'Give me the short version',
        'What is assisted generation or speculative sampling?',
        'A small model guesses and a large one corrects it',
      ],
      words:
        'basically concept idea overview introduction simple summary summarise trick mechanism procedure algorithm purpose goal role correct corrects guesser checker technique',
      answer:
        'A small draft model guesses the next few tokens, and the large target model checks all of them in one pass. The guesses that pass the target’s test stay, and at the first that fails the target puts its own token. The output is the target’s own; it only comes sooner, because reading several tokens side by side is quicker than writing them one by one. Think of an intern who drafts and an editor who corrects.',
      ...{ lesson: 'premise', section: null },
    },
    {
      id: 'why-slow',
      ask: 'Why are language models slow without it?',
      also: [
        'Why is decoding slow?',
        'What is the bottleneck of LLM inference?',
        'Is it limited by memory bandwidth or by compute?',
        'Why is the GPU idle while it generates text?',
        'Why does generation take so long for every word?',
      ],
      words: 'weights read loading arithmetic utilization utilisation starved hardware waiting limiting factor memory-bound bound',
      answer:
        'Every token needs all the weights of the model to be read from memory, and only a little arithmetic is done with them. Token 100 also waits for token 99, so nothing can be done side by side. On most hardware memory bandwidth is therefore the bottleneck, and the units that compute are idle most of the time.',
      ...{ lesson: 'why-slow', section: 'What the device does during the wait', figure: 'verification' },
    },
    {
      id: 'one-at-a-time',
      ask: 'Why can a model not simply write several tokens at once?',
      also: [
        'Why must tokens be generated one at a time?',
        'Why is generation sequential?',
        'Why does token 100 wait for token 99?',
        'Why can the GPU not write two words in parallel at the same time?',
        'What does autoregressive mean?',
      ],
      words:
        'parallel simultaneously sentence word words whole order previous depends dependency sequence reading writing parallelise parallelised',
      answer:
        'Each token depends on all tokens before it: nobody can choose token 100 before token 99 is known. A model can read many known tokens in one pass, but it can write only the one after them. Speculation gets around that with guesses, which are known tokens and can be read side by side.',
      ...{ lesson: 'why-slow', section: null },
    },
    {
      id: 'why-one-pass',
      ask: 'Why is checking several tokens cheaper than writing them?',
      also: [
        'Why is verification cheap or fast?',
        'Does the large model still run for every token?',
        'How can the target check or verify several tokens in parallel in a single pass?',
        'Why is it faster if the large model still has to process every token?',
        'The big model must check everything anyway',
        'If every token is still processed by the target, where does the gain come from?',
      ],
      words: 'reading writing parallel together side single forward still run every token process large target faster than simultaneously',
      answer:
        'A pass reads the weights once, however many tokens it covers, so a pass over five known tokens costs little more than a pass over one where memory is the limit. The target computes its probabilities at every position of the draft in that one pass. Writing the same five tokens would read the weights five times.',
      ...{ lesson: 'why-slow', section: 'What the device does during the wait', figure: 'verification' },
    },
    {
      id: 'acceptance-test',
      ask: 'When is a drafted token accepted?',
      also: [
        'What is the acceptance rule or test or criterion?',
        'How does the target decide whether a token stays?',
        'How does the large model judge guesses?',
        'Why divide p by q?',
        'What is the formula min(1, p/q)?',
        'Why p over q?',
        'What do p and q and u mean?',
      ],
      words: 'criterion probability ratio threshold judge random uniform coin number compare likely likeliest zero greedy multiply',
      answer:
        'A draft stays with the probability min(1, p / q), where p is the target’s probability of the token and q is the draft’s. If the target likes the token at least as much as the draft does, it stays for certain; if half as much, it stays half the time, as a random number u decides. At temperature 0 a draft stays while it is the target’s own most likely token.',
      ...{ lesson: 'one-round', section: null },
    },
    {
      id: 'rejection',
      ask: 'What happens when a guess is wrong?',
      also: [
        'What happens at a rejection?',
        'What happens when a token is rejected?',
        'What does the target do when it disagrees with the draft?',
        'Is the rest of the draft thrown away after the first mistake?',
        'What happens to the tokens behind or after a rejected one?',
        'Does it start over after an error or mismatch?',
      ],
      words:
        'mismatch thrown away undone rollback recover behind following rest continue stop discard corrected replaced mistake final text see',
      answer:
        'At the first draft that fails the test, the target puts its own corrected token there, and the drafts after it are discarded without being judged, because they were guessed after a word that has gone. The drafts before it stay. Both caches are cut back to what was kept, and the next round starts from there; nothing wrong reaches the output.',
      ...{ lesson: 'one-round', section: 'What just happened' },
    },
    {
      id: 'bonus',
      ask: 'Where does the bonus token come from?',
      also: [
        'Why is there a bonus token?',
        'Why do I get one extra token for free if all drafts are accepted?',
        'What happens when every guess is right?',
        'Why gamma plus one tokens per round?',
      ],
      words: 'gift last position accepted plus full success',
      answer:
        'When every draft of a round is accepted, the target adds one more token of its own: the bonus. Its pass also covered the position after the last draft, so the probabilities for that token are already there and cost nothing more. That is why a round of γ drafts can commit γ + 1 tokens.',
      ...{ lesson: 'one-round', section: 'What just happened' },
    },
    {
      id: 'residual',
      ask: 'Why is the corrected token drawn from the residual?',
      also: [
        'What is the residual distribution for?',
        'Why not simply sample or draw from p after a rejection?',
        'Why subtract q from p, max(0, p - q)?',
        'Proof that the distribution is preserved',
      ],
      words: 'corrected chosen choose replacement proof math mathematical correctness theorem distribution leftover normalise formula',
      answer:
        'Acceptance has already given each token the part min(p, q) of its probability, so a fresh draw from p would make the draft’s favourites come out too often. The residual, max(0, p − q) scaled to sum to one, is just the part that is missing. The two parts add up to p for every token, and that is the proof that nothing changes.',
      ...{ lesson: 'lossless', section: 'Why the residual' },
    },
    {
      id: 'round-tokens',
      ask: 'How many tokens does a round add?',
      also: [
        'How many tokens per round on average?',
        'How many tokens does one step or pass give?',
        'What is the mean acceptance length?',
        'What is the formula for the expected number of tokens?',
        'What is the least and the most that one round can produce?',
      ],
      words: 'maximum minimum step iteration commit average expected count progress yield',
      answer:
        'Between 1 and γ + 1: the accepted drafts, and always exactly one token of the target’s own. If every draft is accepted with the same rate α, a round adds (1 − α^(γ+1)) / (1 − α) tokens on average. With α = 0.8 and γ = 4 that is 3.4.',
      ...{ lesson: 'acceptance', section: 'One draft, three lengths', figure: 'acceptance' },
    },
    {
      id: 'kv-cache',
      ask: 'What happens to the KV cache?',
      also: [
        'Does the cache have to be rolled back?',
        'Is the KV cache trimmed or truncated after a rejection?',
        'Do both models have a KV cache of their own?',
        'Is speculative decoding a kind of caching?',
        'How is it different from prompt caching or a KV cache?',
      ],
      words: 'memory rollback keys attention state store reuse crop',
      answer:
        'Each of the two models keeps a KV cache of its own, and after a rejection both are cut back to the tokens that were kept. Caching is something else than speculation: a cache saves computing again what was already read, while speculation guesses what has not been written yet. The two work together.',
      ...{ lesson: 'one-round', section: 'What just happened' },
    },
    {
      id: 'why-guesses-right',
      ask: 'Why is a small model right so often?',
      also: [
        'How can a tiny model guess what a large one says?',
        'How often are the guesses right?',
        'Which tokens are easy and predictable?',
        'Why do the two models agree?',
        'Why does a weak model predict the next words well?',
      ],
      words: 'easy predictable often simple common obvious punctuation success coincidence similar hit rate',
      answer:
        'Most tokens are easy: the second half of a long word, a closing bracket, “of” and “the”, the end of a sentence. A small model knows these as well as a large one. The large model’s work is needed on the few tokens that are not easy.',
      ...{ lesson: 'premise', section: 'Why guesses are so often right', figure: 'acceptance' },
    },
    {
      id: 'prompt',
      ask: 'Does the draft model read my prompt too?',
      also: [
        'Does the draft see the prompt?',
        'Does the draft know the conversation so far?',
        'What does the draft model get as input?',
        'Does prefill happen twice?',
        'Does the draft know what the target wrote?',
      ],
      words: 'system instruction few-shot example history input sees reads context conversation',
      answer:
        'The draft model reads the whole prompt and everything that was committed since, just as the target does. Both therefore have a prefill and a cache of their own. After each round the draft goes on from what the target kept, not from its own guesses.',
      ...{ lesson: 'one-round', section: 'What just happened' },
    },
    {
      id: 'origin',
      ask: 'Who invented it?',
      also: [
        'Who came up with speculative decoding first?',
        'Which paper describes it?',
        'When was it published?',
        'History and origin of the method',
        'Where can I read the original papers?',
        'What are the sources and references?',
      ],
      words: 'history paper google deepmind researchers leviathan chen arxiv year citation reference name',
      answer:
        'Two papers described it in the same months: Leviathan, Kalman and Matias of Google, “Fast Inference from Transformers via Speculative Decoding” (2023, arXiv 2211.17192), and Chen and others of DeepMind, “Accelerating Large Language Model Decoding with Speculative Sampling” (2023, arXiv 2302.01318). The name recalls speculative execution in CPUs.',
      ...{ lesson: 'premise', section: LIMITS },
    },
    {
      id: 'branch-prediction',
      ask: 'Is it like branch prediction in a CPU?',
      also: [
        'What does it have in common with speculative execution?',
        'Where does the word speculative come from?',
        'Is there an analogy?',
      ],
      words: 'speculative execution analogy pipeline computer metaphor similar',
      answer:
        'The idea is the same: do work ahead on a guess, keep it if the guess was right, and throw it away if not. A CPU guesses which way a branch goes; speculative decoding guesses the next tokens. In both, a wrong guess costs time and never changes the result.',
      ...{ lesson: 'premise', section: null },
    },
  ],
};
