import { search } from '../actions/palette';
import { performAction } from '../actions/performAction';
import { ariaKeys, spellKeys } from '../actions/registry';
import { chooseTheme, THEMES, useTheme } from '../store/page/theme';
import { page } from '../ui/texts';
import { frame as words } from '../ui/texts/frame';
import { palette } from '../ui/texts/palette';
import { Navigation } from './Navigation';
import type { View } from './views';

/** The page's name, its tools and the ways through it: of one height, whatever is shown below. */
export function Header({ shown }: { readonly shown: View }) {
  return (
    <header className="page-header">
      <button type="button" className="button small skip visually-hidden" onClick={focusContent}>
        {words.skip}
      </button>
      <h1>{page.name}</h1>
      <p className="tagline">{page.tagline}</p>
      <div className="page-tools">
        <SearchButton />
        <ThemeChoice />
      </div>
      <Navigation shown={shown} />
    </header>
  );
}

/** The way to everything that can be done, as a place that looks as if one could type there. */
function SearchButton() {
  const [keys = ''] = search.keys;
  return (
    <button type="button" className="search-button" aria-keyshortcuts={ariaKeys(search.keys)} onClick={() => void performAction(search)}>
      {palette.open}
      <span className="visually-hidden"> {palette.openMore}</span>
      <span className="search-keys" aria-hidden="true">
        {spellKeys(keys)}
      </span>
    </button>
  );
}

function ThemeChoice() {
  const theme = useTheme((state) => state.theme);
  return (
    <label className="theme-choice">
      <span className="visually-hidden">{words.theme}</span>
      <i className="theme-sign" aria-hidden="true" />
      <select value={theme} onChange={(event) => chooseTheme(event.target.value as typeof theme)}>
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {words.themes[each]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Past the head, for a person at the keyboard. */
function focusContent(): void {
  const main = document.querySelector('main');
  if (!main) return;
  main.tabIndex = -1;
  main.focus();
}
