import type { Question } from './question';

/** Questions that need no run. */
export const BANK: readonly Question[] = [
  {
    id: 'preserved',
    lesson: 'lossless',
    form: 'single',
    ask: 'A run with temperature 0.8 speculates under the rejection rule. What is preserved exactly?',
    given: null,
    options: [
      'The text: it is the one that the target alone would have written with the same seed.',
      'The distribution: every output is exactly as likely as from the target alone.',
      'The quality, as a person would judge it, within a small margin.',
      'The draft’s distribution, made a little better by the target.',
    ],
    right: 1,
    explanation:
      'Acceptance and residual together give every token its probability p under the target, so the distribution of outputs is the target’s own. A single sampled text need not be the same: it is another draw from that distribution. At temperature 0, where nothing is drawn, the ids themselves are equal.',
  },
  {
    id: 'any-draft',
    lesson: 'lossless',
    form: 'single',
    ask: 'You replace the draft model by one that guesses at random. What happens to the output?',
    given: null,
    options: [
      'It becomes random too.',
      'It gets worse wherever a bad guess slips through.',
      'Nothing: only the speed changes.',
      'It gets shorter, since rejected tokens are missing.',
    ],
    right: 2,
    explanation:
      'The test and the residual correct for whatever the draft proposes. A bad draft is rejected nearly always, and then the target’s own corrected token stands there: slow, but lossless.',
  },
  {
    id: 'round-order',
    lesson: 'one-round',
    form: 'order',
    ask: 'Put the steps of a round with a rejection into their order.',
    given: null,
    steps: [
      'The draft model proposes γ tokens, one after another.',
      'The target reads the last token and all drafts in one pass.',
      'Drafts are judged from the left and kept while they pass the test.',
      'At the first that fails, a token is drawn from the residual.',
      'Both caches are cut back to what was committed.',
    ],
    explanation:
      'The drafts come one by one because the draft model is a language model too. The target can read them side by side because they are all known by then. Judging comes from the left, since each draft stands on the one before it.',
  },
  {
    id: 'at-rejection',
    lesson: 'one-round',
    form: 'single',
    ask: 'Six tokens were drafted. The third is rejected. What becomes of the fourth?',
    given: null,
    options: [
      'It is judged as the others were.',
      'It moves up into the third place.',
      'It is kept if it is the target’s most likely token.',
      'It is dropped without being judged.',
    ],
    right: 3,
    explanation:
      'The fourth draft was guessed after a third token that was rejected, so it no longer fits. It is discarded. It counts against accepted / drafted, but not against the acceptance rate α, because it was never judged.',
  },
  {
    id: 'bonus',
    lesson: 'one-round',
    form: 'single',
    ask: 'All four drafts of a round are accepted. How many tokens does the round add, and what does the last one cost?',
    given: null,
    options: [
      'Four; the next round must start with a pass of its own.',
      'Five; the fifth comes from the same target pass.',
      'Five; the fifth needs one more target pass.',
      'Four, and a fifth if the draft is confident.',
    ],
    right: 1,
    explanation:
      'The pass covers γ + 1 positions: also the one after the last draft. Its distribution is there already, so the bonus token costs nothing more.',
  },
  {
    id: 'chance',
    lesson: 'one-round',
    form: 'number',
    ask: 'The draft gave a token the probability q = 0.8, the target gives it p = 0.2. With what chance does it stay, in percent?',
    given: null,
    value: 25,
    tolerance: 0.5,
    unit: '%',
    explanation:
      'The chance is min(1, p / q) = 0.2 / 0.8 = 25 %. The draft proposes this token four times too often, so three of four proposals must fall.',
  },
  {
    id: 'residual',
    lesson: 'lossless',
    form: 'single',
    ask: 'Over three tokens A, B, C the target has p = (0.5, 0.3, 0.2) and the draft has q = (0.2, 0.6, 0.2). Draft B was rejected. What can stand in its place?',
    given: null,
    options: ['A, B or C, drawn from p', 'A or C, drawn from p without B', 'Always A', 'A or B, half and half'],
    right: 2,
    explanation:
      'The residual is max(0, p − q) = (0.3, 0, 0), scaled to sum to one: always A. B and C already come out often enough through acceptance: min(p, q) gives B its 0.3 and C its 0.2.',
  },
  {
    id: 'alpha-counts',
    lesson: 'acceptance',
    form: 'number',
    ask: 'A worksheet says: 40 drafted, 24 accepted, 8 rejected. What is the acceptance rate α, in percent?',
    given: null,
    value: 75,
    tolerance: 0.5,
    unit: '%',
    explanation:
      'α counts judged drafts only: 24 / (24 + 8) = 75 %. The other 8 were discarded, never judged. Accepted / drafted, the plain ratio, is 24 / 40 = 60 %.',
  },
  {
    id: 'ratio-and-gamma',
    lesson: 'acceptance',
    form: 'single',
    ask: 'The same pair, the same prompt; γ goes from 2 to 10. What do you expect of α and of accepted / drafted?',
    given: null,
    options: [
      'Both fall about equally.',
      'α stays much as it is; accepted / drafted falls.',
      'α falls; accepted / drafted stays.',
      'Both rise, since more tokens are drafted.',
    ],
    right: 1,
    explanation:
      'A longer draft does not make the draft model worse at any one position, so α hardly moves. But a rejection early in a long draft discards all that follows, and the discarded count against accepted / drafted.',
  },
  {
    id: 'rate-not-speed',
    lesson: 'acceptance',
    form: 'multiple',
    ask: 'α is 90 % and the run is slower than plain decoding. Which of these can be the reason?',
    given: null,
    options: [
      'A draft step costs nearly as much as a target step.',
      'The rejected tokens were important ones.',
      'A pass over several tokens costs nearly as much as so many passes.',
      'Every round has a large fixed cost.',
    ],
    right: [0, 2, 3],
    explanation:
      'Speedup is tokens per round over the price of a round. The price has three parts: draft steps, the pass over γ + 1 tokens, and the other costs of a round. Any of them can cancel the gain. It makes no difference to the time which tokens were rejected.',
  },
  {
    id: 'expected',
    lesson: 'acceptance',
    form: 'number',
    ask: 'α is 0.5 at every position and γ is 2. How many tokens does a round commit on average, the target’s own included?',
    given: null,
    value: 1.75,
    tolerance: 0.01,
    unit: 'tokens',
    explanation:
      'One is certain: the target’s own. The first draft stays with 0.5, the second with 0.5 × 0.5. 1 + 0.5 + 0.25 = 1.75, which is also (1 − α³) / (1 − α).',
  },
  {
    id: 'break-even',
    lesson: 'acceptance',
    form: 'single',
    ask: 'What does the break-even depend on?',
    given: null,
    options: [
      'On the pair alone: it is a property of the two models.',
      'On γ and on what drafting and verifying cost on this device.',
      'On the prompt: difficult text has a high break-even.',
      'On the temperature.',
    ],
    right: 1,
    explanation:
      'Break-even is the acceptance rate at which a round’s tokens just pay for a round’s price. The price is the device’s and the γ’s. The prompt and the temperature change the rate that you get, not the rate that you need.',
  },
  {
    id: 'why-optimum',
    lesson: 'choosing',
    form: 'single',
    ask: 'Why is there a best draft length, neither very short nor very long?',
    given: null,
    options: [
      'Long drafts make the draft model less accurate at every position.',
      'Each further draft costs the same but is used only if all before it were accepted.',
      'The target cannot read more than eight tokens in one pass.',
      'Short drafts are rejected more often.',
    ],
    right: 1,
    explanation:
      'The chance that the n-th draft is used is the product of the rates up to it, so it shrinks with every place, while its price does not. Where the next draft’s gain falls below its price, the draft should end.',
  },
  {
    id: 'memory',
    lesson: 'when-not',
    form: 'single',
    ask: 'What does speculation with a draft model trade for latency?',
    given: null,
    options: [
      'A little quality.',
      'Precision of the weights.',
      'Memory: a second model and a second cache.',
      'Context: the prompt must be shorter.',
    ],
    right: 2,
    explanation:
      'Weights and KV cache of the draft model must fit next to the target’s. The output does not change. Quantisation makes the opposite trade: it saves memory and gives up a little exactness.',
  },
  {
    id: 'when-not',
    lesson: 'when-not',
    form: 'multiple',
    ask: 'Where would you leave speculation off, or at least measure very carefully first?',
    given: null,
    options: [
      'A server whose batches are full at all hours',
      'One user at a time who fills in JSON forms',
      'Creative writing at a high temperature with a draft from another family',
      'Answers of five tokens to prompts of ten thousand',
    ],
    right: [0, 2, 3],
    explanation:
      'A full batch leaves no idle arithmetic for drafts. A draft that agrees poorly costs time and gains nothing. And where nearly all the time goes into prefill, there is little decoding left to speed up. Constrained output for a single user is where it shines.',
  },
  {
    id: 'in-practice',
    lesson: 'in-practice',
    form: 'multiple',
    ask: 'You switch speculation on at an OpenAI-compatible server. What has to change in a client?',
    given: null,
    options: ['The model’s name', 'The number of tokens that it asks for', 'How it reads the stream', 'None of these'],
    right: [3],
    explanation:
      'Request and answer stay as they are, and the text is the target’s own. That is also why comparisons between endpoints are honest only when one knows which of them speculates.',
  },
];
