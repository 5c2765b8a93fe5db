import type { QuestionGroup } from './question';

const SERVERS = 'Servers by name';
const SEES_NOTHING = 'The client sees nothing';

export const PRACTICE: QuestionGroup = {
  title: 'Running it',
  questions: [
    {
      id: 'settings',
      ask: 'What do I have to set?',
      also: [
        'How do I turn it on?',
        'How do I enable or configure it?',
        'What are the settings or options?',
        'What are the flags or parameters?',
        'How do I set up a server with a draft model?',
        'Which programs or libraries support it?',
        'Which frameworks or engines or servers support it?',
      ],
      words: 'framework engine library tool support start launch enable use ollama backend begin try',
      answer:
        'Four things: the target model, a draft model with the same vocabulary, a switch, and the number of draft tokens. vLLM, SGLang, TensorRT-LLM, llama.cpp, LM Studio and Hugging Face Transformers all have them, under names of their own. In a program that is not named here, look for “draft model”, “assistant model” or “speculative” in its documentation.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'vllm',
      ask: 'How do I turn it on in vLLM?',
      also: ['vLLM speculative-config', 'vLLM num_speculative_tokens and method', 'vllm serve with a draft model'],
      words: 'serve option json num number speculative config server python example',
      answer:
        'In vLLM it is one option of the server: vllm serve TARGET --speculative-config with a JSON object of "model" (the draft), "num_speculative_tokens" (the draft length, say 5) and "method" (here "draft_model"; others are "ngram" and "eagle3"). Clients stay as they are.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'llama-cpp',
      ask: 'How do I turn it on in llama.cpp?',
      also: [
        'llama-server flags -md and --spec-draft-n-max',
        'GGUF draft model, --draft-max or --model-draft',
        'Does Ollama or koboldcpp support it?',
      ],
      words: 'gguf llama-server ollama koboldcpp start launch command flag draft-max',
      answer:
        'In llama.cpp start llama-server -m TARGET.gguf -md DRAFT.gguf --spec-draft-n-max 8; older builds call the last option --draft-max. llama-server --help lists what your build knows. Programs that are built on llama.cpp may or may not pass these options on.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'sglang',
      ask: 'How do I turn it on in SGLang?',
      also: ['SGLang speculative-algorithm STANDALONE or EAGLE3', 'sglang launch_server with a draft'],
      words: 'launch standalone eagle ngram algorithm',
      answer:
        'In SGLang choose the algorithm and the draft: --speculative-algorithm STANDALONE for an ordinary small model (EAGLE3 for an EAGLE head, NGRAM for n-gram drafting), --speculative-draft-model-path DRAFT, and --speculative-num-steps and --speculative-num-draft-tokens for the length.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'tensorrt-llm',
      ask: 'How do I turn it on in TensorRT-LLM?',
      also: ['TensorRT-LLM DraftTargetDecodingConfig and max_draft_len', 'trtllm-serve speculative_config, NVIDIA Triton'],
      words: 'nvidia triton trtllm config',
      answer:
        'In TensorRT-LLM give the LLM a speculative_config: DraftTargetDecodingConfig with max_draft_len (the draft length) and the draft model’s path. NVIDIA’s documentation warns that draft and target must have been trained with the same tokenizer, and that it speeds up small batches only.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'lm-studio',
      ask: 'Where is it in LM Studio?',
      also: [
        'LM Studio speculative decoding option in the sidebar',
        'Desktop app with a draft model setting',
        'How do I use it without the command line?',
      ],
      words: 'desktop app sidebar gui interface graphical program',
      answer:
        'In LM Studio load the target, then choose a Draft Model in the Speculative Decoding section of the chat’s sidebar. It offers only drafts whose vocabulary fits. From a program it is the option draftModel of the SDK.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'transformers',
      ask: 'How do I use it in Python with Hugging Face Transformers?',
      also: ['transformers assistant_model in generate', 'Assisted generation in code or MLX'],
      words: 'hugging face python pipeline library generate assistant mlx',
      answer:
        'In Hugging Face Transformers pass the draft to generate as assistant_model; it is called assisted generation there. Without a model, prompt_lookup_num_tokens drafts by n-gram.',
      ...{ lesson: 'in-practice', section: SERVERS },
    },
    {
      id: 'client',
      ask: 'Does my client or my API call have to change?',
      also: [
        'Will my OpenAI client code break?',
        'Is the chat completions endpoint different?',
        'Can I see from the response whether a server speculates?',
        'Is it transparent to the user?',
      ],
      words: 'api response request fields sdk code endpoint tell detect recognise transparent compatible json new see know using requests',
      answer:
        'The request and the answer have the same fields, and the text is the target’s own. Such a server speaks the same /v1/chat/completions as before. That is also why you cannot see from the text whether an endpoint speculates; only the clock and the rhythm tell.',
      ...{ lesson: 'in-practice', section: SEES_NOTHING },
    },
    {
      id: 'streaming',
      ask: 'Can I still stream the answer?',
      also: [
        'Does streaming or server-sent events work?',
        'Do tokens arrive in bursts or bunches?',
        'Does the user see rejected text disappear?',
      ],
      words: 'sse bursts chunk chunks typing smooth visible flicker rejected appear disappear removed later words see text',
      answer:
        'After each round what was kept is sent, so the text comes in bunches of 1 to γ + 1 tokens instead of one by one. Rejected drafts are never sent, so nothing that a reader has seen is taken back.',
      ...{ lesson: 'in-practice', section: SEES_NOTHING },
    },
    {
      id: 'who-uses-it',
      ask: 'Do the big providers use it?',
      also: [
        'Does ChatGPT, Claude or Gemini use speculative decoding?',
        'Is it used in production by OpenAI, Google or Anthropic?',
        'Who uses it today?',
      ],
      words: 'chatgpt claude gemini openai google anthropic deepseek company industry production real popular adopted safe',
      answer:
        'Most operators do not say how they decode, and the text cannot tell. Google has written that it uses speculative decoding in products such as the AI overviews of its search. All well-known open serving libraries offer it.',
      ...{ lesson: 'in-practice', section: 'Two endpoints, one question' },
    },
  ],
};
