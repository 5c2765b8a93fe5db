import type { QuestionGroup } from './question';

const NOT_LOSSLESS = 'What “lossless” does not mean';

export const OUTPUT: QuestionGroup = {
  title: 'What comes out',
  questions: [
    {
      id: 'same-output',
      ask: 'Is the output the same, or does it get worse?',
      also: [
        'Does it change the output?',
        'Does it change the answer or the quality?',
        'Is the answer dumber?',
        'Is it worse or less accurate?',
        'Does it hurt accuracy on benchmarks?',
        'Is the quality lower?',
        'Do I lose quality or intelligence with a draft model?',
        'Is speculative decoding lossless?',
        'Is it an approximation?',
        'What does lossless mean?',
        'Will users notice a difference in the answers?',
        'Does it hallucinate more or make more mistakes?',
        'Can the small model sneak bad tokens into the text?',
        'Is it safe to use?',
        'Is there a risk?',
      ],
      words:
        'exactly precisely said wrote would have alone fidelity faithful guarantee intelligence reasoning ability capability notice lose loss dumb final text mistakes trust',
      answer:
        'The output is the target’s own, no dumber and no smarter. At temperature 0 the tokens are the same; above it every output is exactly as likely as from the target alone. The draft decides how fast the text comes, never what it says.',
      ...{ lesson: 'lossless', section: null, figure: 'same-output' },
    },
    {
      id: 'better-output',
      ask: 'Can it make the answers better?',
      also: [
        'Does quality improve with speculative decoding?',
        'Does lossless mean that the answer is correct or true?',
        'Does it make the model smarter?',
        'What can it not do?',
        'What are its limits?',
        'Does checking by a second model correct errors of the target?',
      ],
      words: 'smarter improve fix hallucination truth facts verify knowledge limitation correct error',
      answer:
        'The output is the target’s own, with the target’s own mistakes. Nobody checks whether a sentence is true; the target checks only whether a guess is what it would have written itself. It also cannot help when the draft agrees poorly with the target: then guesses are paid for and thrown away.',
      ...{ lesson: 'premise', section: 'What it does, and what it does not' },
    },
    {
      id: 'sampling',
      ask: 'Does it work with temperature, top-p and sampling?',
      also: [
        'Does it only work with greedy decoding at temperature 0?',
        'Is it still exact when I sample randomly?',
        'Does it work with top-k or penalties?',
        'What does a high temperature do to acceptance?',
        'Can I use a creative temperature like 1?',
      ],
      words: 'temperature zero creative randomness stochastic greedy top nucleus min repetition break higher hot setting diverse',
      answer:
        'The acceptance test and the residual keep the target’s distribution at every temperature, and top-p, top-k and penalties shape both distributions alike. What changes is the acceptance rate: the higher the temperature, the more tokens are possible, and the harder they are to guess.',
      ...{ lesson: 'lossless', section: null },
    },
    {
      id: 'reproducible',
      ask: 'Will two runs give the same text?',
      also: [
        'Is the output deterministic or reproducible with a seed?',
        'Why does the text differ from plain decoding when I sample?',
        'Is the text identical to the target alone with the same seed?',
        'Why do my outputs differ slightly at temperature 0?',
      ],
      words: 'repeat again twice identical determinism floating rounding batch invariant bit zero',
      answer:
        'At temperature 0 yes, the tokens are the same. Above it, one seed and the same settings repeat a run, but a speculative run and a plain one with one seed are two different draws from the same distribution. In some systems sums are rounded differently for other numbers of tokens in a pass, and then a near tie can flip a token even at temperature 0.',
      ...{ lesson: 'lossless', section: NOT_LOSSLESS },
    },
    {
      id: 'check-it',
      ask: 'How can I check that nothing has changed?',
      also: [
        'How do I prove or verify that the output is really unchanged?',
        'How do I test that it is lossless?',
        'Can I trust the claim that quality is identical?',
      ],
      words: 'prove compare ids confirm evidence audit sure equality validate believe',
      answer:
        'At temperature 0 decode both ways and compare the token ids: they must be equal. Above it, draw many outputs both ways and test whether the two samples can come from one distribution. The Prove view does both; reading two texts and liking one better proves nothing.',
      ...{ lesson: 'experiment', section: 'Judge the quality too', figure: 'same-output' },
    },
    {
      id: 'bad-draft',
      ask: 'What if the draft model is bad?',
      also: [
        'May the draft be wrong?',
        'Does a terrible draft do harm?',
        'Does a bad or stupid draft model make the output worse?',
        'What if the small model guesses at random or talks nonsense?',
        'What is the worst case?',
      ],
      words: 'worst lose loss useless dumb nonsense broken harm keeps wrong',
      answer:
        'A bad draft costs time; it never costs quality. Its guesses are rejected, and each round still adds one token of the target’s own, so the text is the same and comes more slowly. In the worst case every round pays for a whole draft and gains nothing from it.',
      ...{ lesson: 'lossless', section: null },
    },
    {
      id: 'lossy',
      ask: 'Are there variants that do change the output?',
      also: [
        'What is lossy speculative decoding or typical acceptance?',
        'Can I accept near misses or close tokens to be faster?',
        'Which systems are not exact?',
      ],
      words: 'relaxed tolerance approximate threshold variants entropy',
      answer:
        'Some systems also accept drafts that are merely close to what the target would write, which is faster and no longer lossless. Medusa’s “typical acceptance” is one such rule. The output is then different, whatever the system is called, so read which rule yours uses.',
      ...{ lesson: 'lossless', section: NOT_LOSSLESS },
    },
    {
      id: 'draft-learns',
      ask: 'Do the models have to be trained or changed for it?',
      also: [
        'Do I have to retrain or fine-tune my model?',
        'Does it need a special model or works with any existing weights?',
        'Does the draft learn from rejections while it runs?',
      ],
      words: 'fine-tune weights adapt special prepared off-the-shelf modify data dataset existing any run model',
      answer:
        'Both models stay as they are, and nothing is learnt while they run. Any two models with one vocabulary will do. Training is a choice: a draft that is trained to say what the target says, by distillation, is accepted more often.',
      ...{ lesson: 'choosing', section: 'The draft: neither too big nor too small' },
    },
  ],
};
