import { PREPARED_NAMES } from '../../formats/settings';
import { LESSONS } from '../../lessons';
import { GLOSSARY } from '../../lessons/glossary';
import { chosenTarget, isTargetAChoice } from '../../store/engine/catalogue';
import type { ListedRecording } from '../../store/recordings/list';
import { openRecording } from '../../store/recordings/recording';
import { type AnySetting, chooseSetting, viewOf } from '../../store/run/chosenSetting';
import { settings } from '../../ui/texts';
import { hubModels } from '../../ui/texts/hubModels';
import { palette as words } from '../../ui/texts/palette';
import { type Preset, presetNote, presetsFor, takePreset } from '../prompt';
import type { Entry, EntryGroup } from './entries';

/** Views that draw the run on the page. */
const RUN_VIEWS: readonly string[] = ['watch', 'step', 'measure'];

/** The page's content other than actions and views; too much to list before anything is typed. @param view the shown one */
export function contentGroups(view: string, recordings: readonly ListedRecording[]): EntryGroup[] {
  const setting = (name: AnySetting, label: string, note: string, also: string) =>
    entry(`setting-${name}`, label, note, also, () => {
      goTo(viewOf(name), view);
      chooseSetting(name);
    });
  return [
    {
      name: words.examples,
      entries: presetsFor(chosenTarget()).map((preset) =>
        entry(`example-${preset.label}`, preset.label, presetNote(preset), preset.prompt, () => tryExample(preset)),
      ),
    },
    {
      name: words.settings,
      entries: [
        ...PREPARED_NAMES.filter((name) => name !== 'target' || isTargetAChoice()).map((name) =>
          setting(name, settings.names[name], '', ''),
        ),
        setting('backend', settings.names.backend, words.backendNote, words.backendAlso),
        setting('caches', hubModels.caches, words.cachesNote, words.cachesAlso),
        setting('mirror', hubModels.mirror, words.mirrorNote, words.mirrorAlso),
      ],
    },
    {
      name: words.recordings,
      entries: recordings.map(({ name, title, kind, how }) =>
        entry(`recording-${name}`, title, how, `${kind} ${how}`, () => {
          if (!RUN_VIEWS.includes(view)) goTo('watch', view);
          void openRecording(name);
        }),
      ),
    },
    {
      name: words.lessons,
      entries: LESSONS.map(({ id, title, summary }) =>
        entry(`lesson-${id}`, title, summary, summary, () => {
          location.hash = `learn/${id}`;
        }),
      ),
    },
    {
      name: words.terms,
      entries: GLOSSARY.map(({ id, name, forms, definition }) =>
        entry(`term-${id}`, name, definition, forms.join(' '), () => {
          location.hash = `learn/words/${id}`;
        }),
      ),
    },
  ];
}

function entry(id: string, label: string, note: string, also: string, perform: () => void): Entry {
  return { id: id.replace(/[^\w-]+/g, '-'), label, note, also, keys: [], can: true, perform };
}

/** Fills the prompt box, in the view that is shown where it has one. */
function tryExample(preset: Preset): void {
  takePreset(preset);
  if (!document.getElementById('prompt')) location.hash = 'watch';
  document.getElementById('prompt')?.focus();
}

function goTo(wanted: string, shown: string): void {
  if (wanted !== shown) location.hash = wanted;
}
