import type { QuestionGroup } from './question';

const DRAFT = 'The draft: neither too big nor too small';
const TEXT = 'The text matters as much';
const LENGTH = 'The length: as long as it pays';
const EATS = 'What eats the win';

export const CHOOSING: QuestionGroup = {
  title: 'Choosing draft, length and work',
  questions: [
    {
      id: 'which-draft',
      ask: 'Which draft model should I choose?',
      also: [
        'How do I pick a good draft model or assistant model?',
        'What draft should I use for Llama 70B?',
        'Which draft for Qwen, Mistral or Gemma?',
        'Give me example pairs of target and draft',
        'Which small model fits my big one?',
      ],
      words: 'llama qwen gemma mistral phi pair pairing recommend vendor best suitable candidates help',
      answer:
        'The smallest model of the target’s own family that still agrees well: same vocabulary, same training data, roughly a tenth of its size or less. For Llama 3.1 or 3.3 70B that is Llama 3.2 1B or 3B; for Qwen3 8B or 32B it is Qwen3 0.6B. Try two and keep the faster one, on your own prompts.',
      ...{ lesson: 'choosing', section: DRAFT },
    },
    {
      id: 'draft-size',
      ask: 'How big or small should the draft be?',
      also: [
        'What size ratio between draft and target is best?',
        'Is a bigger draft better?',
        'Can a 7B model draft for an 8B or 13B model?',
        'Can the draft be too small or too large?',
        'Can draft and target be the same model?',
      ],
      words: '3b 7b 500m 1b parameters ratio tenth percent bigger larger smaller same itself help ok',
      answer:
        'Roughly a tenth of the target or less: typical pairs are 1B with 8B and 3B with 70B. Too big, and four drafts cost more than the steps they save, however good they are: a 7B model cannot draft for an 8B. Too small, and its guesses are wrong.',
      ...{ lesson: 'choosing', section: DRAFT, figure: 'draft-step' },
    },
    {
      id: 'tokenizer',
      ask: 'Must both models share a tokenizer?',
      also: [
        'Do draft and target need the same vocabulary?',
        'Can I mix two model families?',
        'Can a draft come from a different family than the target?',
        'Does a draft from another architecture work?',
        'What if the vocabularies differ?',
      ],
      words: 'vendor company maker provider different another cross family mix compatible match mismatch ids',
      answer:
        'The target judges token ids, so both need the same tokenizer and vocabulary. Two families rarely share one. A few systems translate between two vocabularies (Hugging Face Transformers calls it universal assisted decoding), which costs time and agreement. The architecture may differ; similar models agree more.',
      ...{ lesson: 'choosing', section: DRAFT },
    },
    {
      id: 'draft-length',
      ask: 'How long should the draft be, and what is num_speculative_tokens?',
      also: [
        'How many tokens should be drafted at a time?',
        'What is num_speculative_tokens?',
        'What should I set num_speculative_tokens to?',
        'What is k or gamma or the draft length?',
        'How do I choose gamma?',
        'How far ahead should the draft guess?',
        'Why not always draft 20 tokens?',
        'Why is a longer draft not always better?',
        'Why not guess a hundred tokens ahead?',
        'What is the optimal number of draft tokens?',
        'What does adaptive length mean?',
      ],
      words: '16 20 long short optimal many ahead steps adaptive automatically dynamic maximum best too k gamma number option sets',
      answer:
        'As many as pay: 4 to 8 is common. The number is called γ in papers, num_speculative_tokens in vLLM, K or draft-n-max elsewhere. Each further draft costs the same but counts only if all before it were accepted: at α = 0.8 the fourth does with a chance of 0.41, the eighth with 0.17. So there is an optimum, longer for a higher α and a cheaper draft.',
      ...{ lesson: 'choosing', section: LENGTH, figure: 'draft-length' },
    },
    {
      id: 'which-text',
      ask: 'Which texts gain most?',
      also: [
        'Is it better for code or JSON than for creative writing or poetry?',
        'What kind of prompts profit?',
        'Which tasks or workloads are a good fit?',
        'Which workloads are a bad fit?',
        'Does it help with structured output or a grammar?',
        'Is it good for translation or math?',
        'Should I use it for creative writing?',
      ],
      words:
        'json code stories creative poems translation math summaries task domain topic language structured format boilerplate template forms good acceptance workload fit generating',
      answer:
        'Predictable text: boilerplate, code, forms, quotations, constrained output such as JSON. Creative writing at a high temperature has many good continuations, and a draft hits the target’s one less often. It also depends on what the draft was trained on, so test with your own prompts.',
      ...{ lesson: 'choosing', section: TEXT, figure: 'acceptance' },
    },
    {
      id: 'agents',
      ask: 'Is it useful for agents and tools?',
      also: [
        'Does it help coding agents or reasoning models?',
        'Does it work with function calling and tool calls?',
        'Why do agents need fast decoding?',
        'Is it useful for long chains of thought?',
      ],
      words: 'tool calling function calls copilots reasoning thinking chain workflow assistant coding loop steps',
      answer:
        'Agents are a strong motive: they wait for one answer after another, so every second of decoding adds up. Much of what they write is predictable, such as tool calls in JSON, file names and code that is repeated with one change. Long reasoning gains too, since it is decoding and not prefill.',
      ...{ lesson: 'in-practice', section: 'Agents' },
    },
    {
      id: 'chat',
      ask: 'Does it work in a chat or conversation?',
      also: ['Does it help chatbots with several turns?', 'Is it good for multi-turn dialogue?', 'Does it remember earlier messages?'],
      words: 'chatbot assistant dialogue turns messages history follow-up talk',
      answer:
        'Each turn goes on from the last, and both models keep what they have read in their caches. Answers that quote the question, correct a draft or fill in a form repeat what was said, and there even n-gram drafting does well. Small talk gains as much as ordinary prose.',
      ...{ lesson: 'in-practice', section: 'In conversation' },
    },
    {
      id: 'long-context',
      ask: 'Does it help with a long prompt?',
      also: [
        'Does it work with a long context of many thousand tokens?',
        'What about RAG and retrieval?',
        'Does it help to summarise long documents?',
        'Does a big context make the draft worse or slower?',
      ],
      words: 'summarise summarising summary report document pages rag retrieval augmented generation book long thousands tokens pdf',
      answer:
        'It speeds up the writing, not the reading. With a long prompt and a short answer it changes little; with an answer that quotes the prompt, n-gram drafting is at its best, because the prompt already contains the draft. Both models’ caches grow with the context, so check the memory.',
      ...{ lesson: 'long-context', section: null },
    },
    {
      id: 'small-target',
      ask: 'Is it worth it for a small model?',
      also: [
        'Does it pay for a 1B or 3B model on a laptop?',
        'Is speculative decoding only for large models?',
        'My model is already fast',
        'Does a small model need a draft?',
      ],
      words: 'tiny 1b 3b small already fast laptop enough',
      answer:
        'Rarely: a draft must be much cheaper than its target, and for a small target there is little room below it. Quantising it is then often the simpler answer. N-gram drafting is worth a try, since it needs no draft model; and a measured break-even decides.',
      ...{ lesson: 'when-not', section: 'Is a smaller model the better answer?', figure: 'pays' },
    },
    {
      id: 'cpu',
      ask: 'Can it run on a CPU, a laptop or a phone?',
      also: [
        'Can the draft run on the CPU while the target is on the GPU?',
        'Does it help without a graphics card?',
        'Does it work with an integrated GPU?',
        'Is it useful on a Mac or on Apple silicon?',
        'Can a phone do this?',
        'What hardware do I need?',
      ],
      words:
        'macbook mac apple laptop phone mobile edge raspberry integrated card hardware offload amd intel without graphics split devices m1 m2 sense old profit',
      answer:
        'It runs wherever both models fit; whether it pays is another matter. A GPU or a laptop’s chip that waits for memory has room for drafts; a slow CPU is soon limited by arithmetic, and then a pass over five tokens costs nearly five times one. A draft on the CPU with a target on the GPU works too, if it is fast enough and few bytes go between them.',
      ...{ lesson: 'when-not', section: EATS, figure: 'verification' },
    },
    {
      id: 'moe',
      ask: 'Does it work with mixture-of-experts models?',
      also: ['Is it good for MoE like Mixtral or DeepSeek?', 'What about sparse models with experts?'],
      words: 'experts mixtral deepseek sparse routing',
      answer:
        'It works and stays lossless, but it often gains less. Several tokens in one pass call more experts than one token does, so more weights are read and verification is not nearly free. Measure v(γ) on your own model.',
      ...{ lesson: 'when-not', section: EATS },
    },
  ],
};
