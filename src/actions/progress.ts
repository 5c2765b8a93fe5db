import { exportProgress, resetProgress } from '../store/course/progress';
import { tell } from '../store/page/notice';
import { saveFile } from '../store/recordings/saveFile';
import type { Action } from './action';

/** What a person can do with all progress of the course at once. */
export const saveProgress: Action = {
  id: 'save-progress',
  label: 'Save progress as a file',
  keys: [],
  view: 'learn',
  when: () => true,
  perform: () => saveFile('foretoken-progress.json', exportProgress(), 'application/json'),
};

export const resetCourse: Action = {
  id: 'begin-again',
  label: 'Begin the course again',
  keys: [],
  view: 'learn',
  when: () => true,
  perform: () => tell('Your progress in the course was reset.', resetProgress()),
};

export const PROGRESS_ACTIONS: readonly Action[] = [saveProgress, resetCourse];
