/** Words of the page's head: ways through it, its theme. */
export const frame = {
  skip: 'To the content',
  groups: { see: 'See', believe: 'Believe', teach: 'Teach' },
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  title: (view: string, page: string) => `${view} · ${page}`,
};
