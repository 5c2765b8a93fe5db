export const tutor = {
  heading: 'Tutor',
  intro:
    'Ask about speculative decoding, or about this page, in your own words. The answer comes from the common questions, the lessons and the key terms, and names its source. The tutor looks things up; it makes nothing up.',
  label: 'Your question',
  ask: 'Ask',
  examples: 'For example',
  exampleQuestions: [
    'Why is decoding slow?',
    'Does it change the output?',
    'What is the residual distribution?',
    'When should I not use it?',
  ],
  none: 'The lessons do not answer that: it seems to be about something else. Ask in other words, or look through',
  near: 'No passage answers that for certain. These are the nearest:',
  commonQuestions: 'Common questions',
  keyTerms: 'Key terms',
  standsOn: 'From',
  common: (ask: string) => `Common questions: ${ask}`,
  readMore: 'More in',
  term: (name: string) => `Key terms: ${name}`,
  place: (lesson: string, section: string | null) => (section === null ? lesson : `${lesson}: ${section}`),
  more: 'Also near it',
  answers: 'Questions and answers, the latest first',
  pairHeading: 'And the pair in this page?',
  pairNote:
    'A demonstration, not an authority: 5.8 million parameters have learnt some sentences about this by heart. It is asked what it knows, and drafts by n-gram and model together.',
  pairAsk: (question: string) => `Ask it: “${question}”`,
  copyNote:
    'Where a text repeats what stands in the prompt, an n-gram draft has it whole. The pair is asked to copy the answer above; with text that it has not met it makes slips.',
  copyAsk: 'Have it copy the answer',
};
