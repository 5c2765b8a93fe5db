import type { PlaylistItem } from '../../formats/playlist';
import type { PreparedSettings } from '../../formats/settings';
import { drafterWords, gammaWords } from './decoding';
import { speeds } from './speeds';

const kinds: Record<PlaylistItem['kind'], string> = {
  run: 'Live run',
  recording: 'Recording',
  trace: 'Recording',
  view: 'View',
  lesson: 'Lesson',
};

export const present = {
  heading: 'Present',
  intro:
    'Put what you want to show in order: live runs on this device, recordings, lessons, races and other views. It works without a network.',
  title: 'Name of the playlist',
  list: 'Playlist',
  empty: 'The playlist is empty. Add what is on the page, a recording or a lesson.',
  unkept: 'This browser does not keep the playlist (a private window, or no space left). Save it as a file before you close the page.',
  kinds,
  itemTitle: (position: string) => `Title of item ${position}`,
  notes: 'Private notes',
  notesOf: (position: string) => `Private notes of item ${position}`,
  notesHint: 'They appear here when you open them, and in the notes window; never on the projection.',
  look: 'Begin with',
  looks: { watch: 'the whole', step: 'its steps' },
  up: 'Up',
  down: 'Down',
  remove: 'Remove',
  from: 'Present from here',
  /** Which item a button is about, for those who cannot see where it stands. */
  ofItem: (position: string) => ` item ${position}`,
  addLesson: 'Add a lesson',
  addRecording: 'Add a recording',
  addView: 'Add a view, with the prompt',
  choose: 'Choose …',
  add: 'Add',
  /** What the button adds, for those who cannot see what stands before it. */
  addChosen: (title: string) => ` ${title}`,
  dismiss: 'Dismiss',
  keysHeading: 'While you present',
  stage: 'Presentation',
  bar: 'Presentation',
  steps: 'Step by step',
  position: (position: string, count: string) => `${position} / ${count}`,
  next: (title: string) => `Next: ${title}`,
  notRun: (key: string) => `${key} runs it on this device.`,
  decoded: ({ mode, drafting, adaptive, gamma, temperature, rule }: PreparedSettings, draft = 'the model') =>
    mode === 'plain'
      ? 'plain decoding'
      : [
          `drafts by ${drafterWords(drafting, draft)}`,
          gammaWords(adaptive ? 'auto' : gamma),
          temperature === 0 ? 'greedy' : `temperature ${temperature}, ${rule} rule`,
        ].join(', '),
  decodedBy: (target: string, decoded: string) => `${target}, ${decoded}`,
  figures: { rate: speeds.alone, alpha: 'acceptance rate α', ratio: 'accepted / drafted', length: 'mean acceptance length' },
  blank: 'The projection is dark.',
};

export const speakerNotes = {
  heading: 'Speaker’s notes',
  waiting: 'Nothing is being presented. Start the presentation on the page; its notes appear here.',
  none: 'No notes for this item.',
  end: 'The end.',
  elapsed: 'Since the start',
  back: 'Back',
  forward: 'Next',
  start: 'Run or play',
  dark: 'Dark',
  keys: 'Every key of the presentation works here too: R, S, B, the arrows, Page Up and Page Down.',
};
