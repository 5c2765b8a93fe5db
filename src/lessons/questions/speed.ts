import type { QuestionGroup } from './question';

const PRICE = 'The price is yours, the rate is the pair’s';
const EATS = 'What eats the win';

export const SPEED: QuestionGroup = {
  title: 'Whether it pays',
  questions: [
    {
      id: 'how-much-faster',
      ask: 'How much faster is it?',
      also: [
        'What speedup can I expect?',
        'Is it really two or three times as fast?',
        'Is 2x or 3x realistic?',
        'How many more tokens per second do I get?',
        'What gain is realistic or typical?',
      ],
      words: 'typical realistic numbers promise paper expect factor double triple percent seconds chatbot practice average real',
      answer:
        'The first papers measured 2 to 3 times with well matched pairs on suitable work, and 1.5 to 3 times is typical today. That is a workload-dependent prize, not a law: the same pair can win on code and lose on random words. Measure it with your own prompts on your own hardware.',
      ...{ lesson: 'premise', section: 'What it does, and what it does not', figure: 'speed' },
    },
    {
      id: 'does-it-pay',
      ask: 'Does it pay on my device?',
      also: [
        'Is it worth it here for me?',
        'Should I switch it on or use it?',
        'How do I know whether I profit?',
        'Is it worth the trouble?',
      ],
      words: 'turn enable decide decision useful benefit sense me my case why want',
      answer:
        'It pays where a round’s tokens are worth more than a round costs: speedup = tokens per round ÷ price of a round. The first depends on the acceptance rate, the second on what drafting and verifying cost on your device. Compare your acceptance rate with your break-even, and then measure.',
      ...{ lesson: 'acceptance', section: 'One draft, three lengths', figure: 'pays' },
    },
    {
      id: 'slower',
      ask: 'Why is it slower for me?',
      also: [
        'When is it slower than plain decoding?',
        'When does it not help?',
        'I switched it on and get fewer tokens per second',
        'Why do I see no speedup or even a slowdown?',
        'When should I not use it?',
        'What can go wrong?',
        'What are the disadvantages and drawbacks?',
      ],
      words: 'regression bad fit drawback downside risk reason trade sacrifice negative unfavourable avoid never',
      answer:
        'A round costs more than its tokens are worth. Look at these in order: the draft agrees poorly (compare α with the break-even), the draft is too slow for its target, the drafts are too long, verification is not cheap on this hardware or in a full batch, memory has run out, or the answers are so short that the prompt is most of the time. Then shorten the draft, change it, or switch speculation off.',
      ...{ lesson: 'when-not', section: EATS, figure: 'pays' },
    },
    {
      id: 'half-wrong',
      ask: 'Is it useless if the draft is wrong half of the time?',
      also: [
        'What if 50 % of the guesses are rejected?',
        'Does a low acceptance rate still help?',
        'Is it a waste if many drafts are wrong?',
        'How bad may the acceptance be before it loses?',
        'Half of the drafts are wrong',
      ],
      words: '50 coin low poor often mistakes theatre keep accepts forty 45 lose',
      answer:
        'It depends on what a guess costs. With α = 0.5 and γ = 2 a round still adds 1.75 tokens on average, so it wins if a round costs less than 1.75 plain steps. With a slow draft or a costly pass it loses: half wrong may be theatre. Only the clock and your break-even tell.',
      ...{ lesson: 'acceptance', section: 'Wrong half of the time', figure: 'break-even' },
    },
    {
      id: 'good-rate',
      ask: 'What is a good acceptance rate?',
      also: [
        'Which acceptance rate should I aim for or expect?',
        'Is 60 percent acceptance good or low?',
        'What is alpha and how is it computed?',
        'How do I calculate the acceptance rate from drafted and accepted counts?',
      ],
      words:
        'percent high low value range typical aim fifty sixty seventy eighty compute calculate formula definition metric need target okay improve',
      answer:
        'One that lies clearly above your break-even; no figure is good by itself. The acceptance rate α is accepted ÷ (accepted + rejected), over the drafts that were judged. With a cheap draft and cheap verification 0.5 may be enough, with a slow draft 0.9 may not. The first paper measured roughly 0.5 to 0.9 with draft models.',
      ...{ lesson: 'acceptance', section: PRICE, figure: 'acceptance' },
    },
    {
      id: 'rate-or-ratio',
      ask: 'Acceptance rate, or accepted over drafted?',
      also: [
        'What is the difference between acceptance rate and accepted / drafted?',
        'Why do two programs report different acceptance rates?',
        'Do discarded tokens count against the rate?',
        'Difference between acceptance rate and acceptance length',
      ],
      words: 'metric log report discarded count definition length statistics different figures',
      answer:
        'The acceptance rate counts only drafts that were judged: accepted ÷ (accepted + rejected). Accepted / drafted counts the discarded ones too, so it falls with longer drafts although the draft is no worse. Mean acceptance length is a third figure: tokens per round. Ask which one a log line means, and at what draft length.',
      ...{ lesson: 'acceptance', section: 'One draft, three lengths', figure: 'acceptance' },
    },
    {
      id: 'rate-not-speed',
      ask: 'Why is a high acceptance rate no speedup?',
      also: [
        'Why not use the target as its own draft?',
        'My acceptance is 90 % but it is not faster',
        'Is acceptance the same as speed?',
        'Nearly all drafts are accepted and there is no gain',
      ],
      words: 'relate relation relationship correlation versus vs same despite although 90 equal mean',
      answer:
        'The rate says how many tokens a round adds, not what a round costs. With a slow draft 90 % may lose, and with a draft that costs nothing 30 % may win. The target as its own draft is accepted always and gains nothing, since each guess costs a whole step of the target.',
      ...{ lesson: 'acceptance', section: PRICE, figure: 'draft-step' },
    },
    {
      id: 'break-even',
      ask: 'What is the break-even?',
      also: ['At what acceptance rate does it start to pay?', 'Which minimum acceptance do I need?', 'What does the break-even depend on?'],
      words: 'threshold minimum need worthwhile point start limit least',
      answer:
        'The break-even is the acceptance rate at which speculation is just as fast as plain decoding. It depends on the draft length and on what drafting and verifying cost on your device, not on the prompt. Above it you win, below it you lose.',
      ...{ lesson: 'acceptance', section: PRICE, figure: 'break-even' },
    },
    {
      id: 'verification-cost',
      ask: 'What does verification cost?',
      also: [
        'How many per cent does checking or verifying add?',
        'What is the overhead of the verify pass?',
        'How long does a pass over several tokens take compared to one?',
        'What is the verify ratio v?',
        'How much time does verifying add?',
      ],
      words: 'slow down time extra per cent longer pass check costly expensive ratio additional',
      answer:
        'It is the verify ratio v(γ): the time of a target pass over γ + 1 tokens, over the time of a pass over one. At v = 1.2 checking adds 20 per cent to a step. On a graphics card that waits for memory v often stays near 1; where arithmetic is the limit, or a batch is full, it comes near γ + 1.',
      ...{ lesson: 'experiment', section: 'The cost of verification', figure: 'verification' },
    },
    {
      id: 'cost-per-token',
      ask: 'What does it cost per accepted token?',
      also: [
        'How do I compute the cost per token?',
        'What is the price of a round divided by its tokens?',
        'How expensive is a rejected token?',
        'Do rejected tokens cost anything?',
        'How much work is wasted?',
      ],
      words: 'wasted price calculate economics expense rejected',
      answer:
        'Cost per token = time of a round ÷ tokens that the round adds. A round is γ draft steps, one target pass over γ + 1 tokens, and a fixed cost. Rejected and discarded drafts are in that price too, so a lower acceptance makes every accepted token more expensive.',
      ...{ lesson: 'acceptance', section: 'The price of a token', figure: 'cost-per-token' },
    },
    {
      id: 'money',
      ask: 'Does it save money or energy?',
      also: [
        'Does it need more compute?',
        'Does it need more power or electricity?',
        'Is it more energy efficient or does it burn more watts?',
        'Does it save money on an API bill?',
        'Does it cost more FLOPs?',
      ],
      words: 'bill api save cheaper watts joules carbon environment energy power budget efficient green gpu-hours per',
      answer:
        'It does more arithmetic in all, because the work on rejected drafts is wasted, and it reads the large model’s weights less often. Which of the two decides the energy depends on the hardware, so measure it. On hardware of your own it gives shorter waits and, with few users, more tokens an hour; an API that bills by the token bills the same tokens.',
      ...{ lesson: 'acceptance', section: 'The price of a token' },
    },
    {
      id: 'memory',
      ask: 'How much memory does the draft cost?',
      also: [
        'How much extra VRAM or RAM does it need?',
        'Do both models have to fit on the GPU at the same time?',
        'What is the memory overhead?',
        'How much GPU memory do two models take?',
        'Do I need two GPUs?',
        'Will I run out of memory with a second model?',
      ],
      words: 'fit gigabytes card space footprint weights room gpus afford next beside two size 8 gb bit extra',
      answer:
        'The draft’s weights and a second KV cache must fit next to the target. A draft of a tenth of the target’s size adds about a tenth for the weights, and its cache grows with the context. If that pushes the target out of fast memory, everything becomes slower: speculation trades memory for latency.',
      ...{ lesson: 'when-not', section: EATS, figure: 'memory' },
    },
    {
      id: 'short-or-first',
      ask: 'Does it shorten the time to the first token?',
      also: [
        'Does speculative decoding reduce TTFT or latency of the first token?',
        'Does it speed up the prompt or prefill?',
        'Does it help with short answers?',
        'Does the reply start sooner?',
      ],
      words:
        'prefill prompt processing start begin initial response wait delay short answers earlier sooner shorter wait word reading sped up',
      answer:
        'The first token waits for the prompt to be read, the prefill, and speculation speeds up only the writing after it. The draft has to read the prompt as well. With a long prompt and a short answer you gain little; a kept cache or a shorter prompt helps there.',
      ...{ lesson: 'long-context', section: null, figure: 'first-token' },
    },
    {
      id: 'batch',
      ask: 'Does it help a busy server with many users?',
      also: [
        'Does it work with large batches or continuous batching?',
        'Does it increase throughput or only latency?',
        'I serve many concurrent requests at once',
        'Should I use it with many requests?',
        'What happens under high load in production?',
      ],
      words:
        'throughput busy users parallel many concurrent load peak queue scale shrink multi tenant cluster server benefit traffic hours',
      answer:
        'Hardly: a batch fills the same idle hardware that speculation fills, and it can be filled only once. With few requests speculation shortens each one’s latency; in a full batch every rejected draft takes time from somebody else’s request, and throughput falls. Good servers draft less when they are busy.',
      ...{ lesson: 'many-requests', section: null },
    },
    {
      id: 'measure',
      ask: 'How do I measure it properly?',
      also: [
        'How do I benchmark or test the speedup?',
        'How do I compare two endpoints honestly?',
        'How do I compare two servers or models fairly?',
        'Why do my measurements jump around?',
        'How many runs do I need for a fair comparison?',
      ],
      words:
        'repeat runs number sure report publish fair compare median spread variance warm benchmark trust statistics reliable experiment stopwatch timing',
      answer:
        'Run the same target, prompts and output lengths both ways, by turns and several times, after a warm-up run. Give the median and the spread, and report the whole wait and decoding alone separately. Say which endpoint speculates, with which draft and length; otherwise the comparison means nothing.',
      ...{ lesson: 'measuring', section: null, figure: 'speed' },
    },
  ],
};
