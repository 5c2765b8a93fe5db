import { openPalette } from '../store/page/palette';
import type { Action } from './action';

/** Everything that can be done or looked at, by name. */
export const search: Action = {
  id: 'search',
  label: 'Search the page',
  keys: ['Mod+k'],
  when: () => true,
  perform: () => openPalette('search'),
};

export const showKeys: Action = {
  id: 'show-keys',
  label: 'Keyboard shortcuts',
  keys: ['?'],
  when: () => true,
  perform: () => openPalette('keys'),
};
