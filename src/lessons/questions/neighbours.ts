import type { QuestionGroup } from './question';

const OTHER_DRAFTS = 'Drafts of other kinds';
const TAUGHT = 'A draft that was taught';
const SMALLER = 'Is a smaller model the better answer?';

export const NEIGHBOURS: QuestionGroup = {
  title: 'Compared with other methods',
  questions: [
    {
      id: 'quantisation',
      ask: 'Is quantisation the better answer?',
      also: [
        'Should I use a smaller or quantised model instead?',
        'Is 4 bit or 8 bit better?',
        'How does it compare with quantising the weights?',
        'Can I combine speculative decoding with a quantised model?',
        'int4 or GPTQ or AWQ against a draft',
      ],
      words: '4-bit 8-bit int4 awq gptq gguf quant bigger smaller better combine instead compress pruning',
      answer:
        'They make opposite trades. Quantisation saves memory and gives up a little exactness; speculation keeps the output and costs memory. If memory is short or the target is small, quantise first. The two can be combined: a quantised target with a draft is faithful to that quantised target.',
      ...{ lesson: 'when-not', section: SMALLER },
    },
    {
      id: 'distillation',
      ask: 'How is it different from distillation?',
      also: [
        'Should I distil or distill a smaller model instead?',
        'What is knowledge distillation?',
        'What are teacher and student?',
        'How can I make the draft agree more?',
        'How do I train a better draft?',
        'How do I raise the acceptance rate?',
        'Why not use only the small model?',
        'Why not just run a smaller model?',
        'Why not let the draft answer everything?',
      ],
      words: 'student teacher pruning smaller alone instead improve train better raise everything compare just running replace',
      answer:
        'Distillation trains a small model to say what a large one says, and then the small one answers alone, with its own mistakes. Speculation keeps the large model as the judge. They go well together: a distilled draft agrees with its target more often, so more of its guesses are accepted.',
      ...{ lesson: 'choosing', section: TAUGHT },
    },
    {
      id: 'beam-search',
      ask: 'How is it different from beam search?',
      also: ['Is it like beam search or best-of-n?', 'Does it search for several candidates?', 'Compare with parallel sampling'],
      words: 'candidates several best sampling search hypotheses',
      answer:
        'Beam search follows several continuations and keeps the most likely text: it changes what is written and costs more work. Speculation writes one continuation, the same as without it, only sooner.',
      ...{ lesson: 'choosing', section: OTHER_DRAFTS },
    },
    {
      id: 'ngram',
      ask: 'Can I do it without a second model?',
      also: [
        'What is prompt lookup or n-gram drafting?',
        'Does it work without a draft model?',
        'Does it work with only one model?',
        'Which method needs no extra memory?',
        'Copying from the prompt as a draft',
      ],
      words: 'n-gram copying repeat without free single one model suffix good memory none',
      answer:
        'N-gram drafting does without one: it finds the last few words earlier in the text and proposes what followed them there. It costs no memory and hardly any time, and it is at its best where an answer quotes or copies the prompt. In new text it finds nothing, and the round is plain.',
      ...{ lesson: 'choosing', section: OTHER_DRAFTS },
    },
    {
      id: 'medusa-eagle',
      ask: 'What are Medusa and EAGLE?',
      also: [
        'How does Medusa differ from a draft model?',
        'What are extra decoding heads?',
        'How does EAGLE or EAGLE-3 work compared to a normal draft?',
        'What is multi-token prediction?',
        'What is MTP?',
        'What is self-speculative decoding or layer skipping?',
        'What is a tree of drafts?',
        'What is tree attention?',
      ],
      words: 'heads features tree mtp multi-token trained hydra layer skip self better newer eagle-3',
      answer:
        'They replace the separate draft model by small parts trained for one target. Medusa adds heads that each guess one of the next tokens at once; EAGLE adds a small network that drafts from the target’s own inner features; multi-token prediction trains such a part together with the model. All need weights that are trained for your target, and the target still verifies.',
      ...{ lesson: 'choosing', section: OTHER_DRAFTS },
    },
    {
      id: 'lookahead',
      ask: 'What is lookahead decoding?',
      also: ['Lookahead against speculative decoding', 'What is Jacobi decoding?', 'Parallel decoding without a draft'],
      words: 'jacobi parallel n-gram without',
      answer:
        'Lookahead decoding (Fu and others 2024) needs no draft model: the target itself guesses several positions side by side, collects the n-grams that come of it, and verifies them in the same pass. It pays with more arithmetic in every pass, so it needs hardware with room to spare.',
      ...{ lesson: 'choosing', section: OTHER_DRAFTS },
    },
  ],
};
