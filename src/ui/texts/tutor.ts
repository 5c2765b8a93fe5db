export const tutor = {
  heading: 'Tutor',
  intro:
    'Ask about speculative decoding. The answer is a sentence or two of the lessons’ own, with the passage that it stands on. What the lessons do not say, the tutor does not say either.',
  label: 'Your question',
  ask: 'Ask',
  examples: 'For example',
  exampleQuestions: [
    'Why is decoding slow?',
    'Does it change the output?',
    'What is the residual distribution?',
    'When should I not use it?',
  ],
  none: 'The lessons do not answer that. Ask in other words, or look through the key terms.',
  standsOn: 'It stands on',
  term: (name: string) => `Key terms: ${name}`,
  place: (lesson: string, section: string | null) => (section === null ? lesson : `${lesson}: ${section}`),
  more: 'See also',
  answers: 'Questions and answers, the latest first',
  pairHeading: 'And the pair in this page?',
  pairNote:
    'A demonstration, not an authority: 5.8 million parameters have learnt some sentences about this by heart. It is asked what it knows, and drafts by lookup and model together.',
  pairAsk: (question: string) => `Ask it: “${question}”`,
  copyNote:
    'Where a text repeats what stands in the prompt, lookup drafts it whole. The pair is asked to copy the answer above; with text that it has not met it makes slips.',
  copyAsk: 'Have it copy the answer',
};
