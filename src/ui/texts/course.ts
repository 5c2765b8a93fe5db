import { formatCount } from '../format';

export const course = {
  heading: 'Learn',
  contents: 'Contents',
  start: 'Start here',
  intro:
    'Twelve short lessons. Each has something to do on real runs: the two models are in this page, and nearly every figure that you meet is measured on your own device, as you read.',
  course: 'The course',
  beside: 'Next to the course',
  tools: 'Do and ask',
  practice: 'Guided practice',
  practiceSummary: 'A text with planted errors, then three steps on an example of your own, next to one that is filled in.',
  quiz: 'Quiz',
  quizSummary: 'Ten questions in five forms, some about your own last run. Every answer is explained.',
  questions: 'Common questions',
  questionsSummary: 'What people ask, answered, with what this device measured where there is something to measure.',
  words: 'Key terms',
  wordsSummary: 'The words of the field, each with its definition.',
  tutor: 'Tutor',
  tutorSummary: 'Ask in your own words; it answers from the lessons and names the place.',
  progress: 'Your progress',
  progressSummary: 'Kept in this browser; save it as a file, load it, or begin again.',
  minutes: (minutes: number) => `${formatCount(minutes)} min`,
  readingTime: (minutes: number) => `${formatCount(minutes)} ${minutes === 1 ? 'minute' : 'minutes'} to read and try`,
  lessonOf: (number: number, count: number) => `Lesson ${formatCount(number)} of ${formatCount(count)}`,
  besidePiece: 'A short piece next to the course',
  read: 'read',
  markRead: 'Mark as read',
  markUnread: 'Mark as not read',
  readCount: (read: number, all: number) => `${formatCount(read)} of ${formatCount(all)} read`,
  continueWith: (title: string) => `Go on with: ${title}`,
  previous: 'Previous',
  next: 'Next',
  related: 'Goes well with',
  table: (heads: readonly string[]) => `Table: ${heads.join(', ')}`,
  waiting: 'One moment …',
  unknown: 'There is no such lesson.',
};

export const progressTools = {
  heading: 'Your progress',
  kept: 'What you have read, your practice notes and your quiz scores are kept in this browser and nowhere else. Save them as a file to take them along.',
  import: 'Load progress from a file',
  replaced: 'Your progress was replaced by the file’s.',
  dismiss: 'Dismiss',
  frozen: 'This browser does not keep what you do now, so that the newer progress stays intact. Saving gives you that newer file.',
};

export const words = {
  heading: 'Key terms',
  intro:
    'The first use of a term in each section of a lesson has a dotted underline. Point at it, or move to it with Tab, to see its definition.',
};
