import { chooseTheme, THEMES, type Theme, useTheme } from '../store/page/theme';
import type { Action } from './action';

const LABELS: Record<Theme, string> = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };

/** Light, dark, or as the system has it. */
export const THEME_ACTIONS: readonly Action[] = THEMES.map((theme) => ({
  id: `theme-${theme}`,
  label: LABELS[theme],
  keys: [],
  when: () => useTheme.getState().theme !== theme,
  perform: () => chooseTheme(theme),
}));
