import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { followOtherTabs, rememberedStorage } from './remembered';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface ThemeState {
  readonly theme: Theme;
}

const StoredTheme = v.object({ theme: v.picklist(THEMES) });

/** Light or dark, as chosen here or as the system has it. index.html reads the same key before the first paint. */
export const useTheme = create<ThemeState>()(
  persist((): ThemeState => ({ theme: 'system' }), {
    name: 'foretoken.theme',
    version: 1,
    storage: rememberedStorage(1),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredTheme, stored);
      return parsed.success ? { ...current, ...parsed.output } : current;
    },
  }),
);
followOtherTabs(useTheme);

export function chooseTheme(theme: Theme): void {
  useTheme.setState({ theme });
}

/** From now on the page has the chosen theme: the style sheet reads the attribute of the root element. */
export function applyTheme(): () => void {
  const apply = ({ theme }: ThemeState) => {
    if (theme === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = theme;
  };
  apply(useTheme.getState());
  return useTheme.subscribe(apply);
}
