import * as v from 'valibot';
import { create } from 'zustand';
import type { RunEvent } from '../../core/types';
import type { PlaylistItem } from '../../formats/playlist';
import { decodeTrace } from '../../formats/trace/trace';
import { load } from '../engine/loading';
import { onceFree, stopWork } from '../engine/work';
import { sayWhyNot } from '../page/notice';
import { quietly } from '../page/quietStorage';
import { playFromStart } from '../recordings/playback';
import { dropReading, openRecording, showTrace } from '../recordings/recording';
import { showRun, startRun, useRun } from '../run/run';
import { changeSettings, prepared, readSettings, type Settings, useSettings } from '../run/settings';
import { holdPlaylist, usePlaylist } from './playlist';

export interface PresenterState {
  /** The item that is shown, by its position in the playlist; null while nothing is presented. */
  readonly at: number | null;
  readonly look: 'watch' | 'step';
  /** Whether the projection is dark, so that people look at the speaker. */
  readonly blank: boolean;
  /** How large everything is, as a multiple of its usual size. */
  readonly scale: number;
  /** When the presentation began, in milliseconds since 1970. */
  readonly startedAt: number;
}

export const SCALES = [1, 1.15, 1.3, 1.5, 1.75] as const;
const SESSION_KEY = 'foretoken.presenting';

export const usePresenter = create<PresenterState>()(() => ({ at: null, look: 'watch', blank: false, scale: 1.3, startedAt: 0 }));

/** The settings of before, to which the page goes back. */
let before: Partial<Settings> | null = null;

/** What prepared runs have written, by their item, so that going back shows it again. */
const written = new Map<string, readonly RunEvent[]>();

/** The item that is presented; null without a presentation. */
export function presentedItem(): PlaylistItem | null {
  const { at } = usePresenter.getState();
  return at === null ? null : (usePlaylist.getState().items[at] ?? null);
}

export async function startPresenting(at = 0): Promise<void> {
  if (usePlaylist.getState().items.length === 0) return;
  const settings = useSettings.getState();
  before ??= { ...prepared(settings), prompt: settings.prompt };
  written.clear();
  holdPlaylist(true);
  usePresenter.setState({ startedAt: Date.now() });
  await enter(at);
}

export function nextItem(): Promise<void> {
  return enter((usePresenter.getState().at ?? 0) + 1);
}

export function previousItem(): Promise<void> {
  return enter((usePresenter.getState().at ?? 0) - 1);
}

/** Runs the prepared run on this device, or plays the recording from its start. */
export async function startItem(): Promise<void> {
  usePresenter.setState({ look: 'watch' });
  if (presentedItem()?.kind === 'run') await startRun();
  else playFromStart();
}

/** The whole text, or step by step. */
export function toggleLook(): void {
  usePresenter.setState(({ look }) => ({ look: look === 'watch' ? 'step' : 'watch' }));
}

export function toggleBlank(): void {
  usePresenter.setState(({ blank }) => ({ blank: !blank }));
}

export function changeScale(by: 1 | -1): void {
  const { scale } = usePresenter.getState();
  const at = (SCALES as readonly number[]).indexOf(scale) + by;
  usePresenter.setState({ scale: SCALES[Math.max(0, Math.min(at, SCALES.length - 1))] ?? 1 });
}

/** Back to the playlist, with the page's settings as they were before. */
export async function leavePresenting(): Promise<void> {
  await settle();
  sayWhyNot('');
  usePresenter.setState({ at: null, blank: false });
  holdPlaylist(false);
  remember(null);
  if (before) await changeTo(before);
  before = null;
  location.hash = '#present';
}

/** Goes on where a page that was reloaded in the middle of a presentation stood; at its end the settings of before it come back all the same. */
export function resumePresenting(): void {
  const kept = remembered();
  if (!kept || kept.at >= usePlaylist.getState().items.length) return;
  before = { ...prepared({ ...useSettings.getState(), ...readSettings(kept.before) }), prompt: kept.before.prompt };
  void startPresenting(kept.at);
}

async function enter(at: number): Promise<void> {
  const item = usePlaylist.getState().items[at];
  if (!item) return;
  await settle();
  dropReading();
  keepWritten();
  sayWhyNot('');
  usePresenter.setState({ at, blank: false, look: 'look' in item ? item.look : 'watch' });
  remember(at);
  if (item.kind === 'lesson') {
    location.hash = `#${item.path}`;
    return;
  }
  if (item.kind === 'view') {
    await changeTo({ ...item.settings, prompt: item.prompt });
    location.hash = `#${item.view}`;
    return;
  }
  location.hash = '#present/show';
  if (item.kind === 'recording') await openRecording(item.recording);
  else if (item.kind === 'trace') showTrace(decodeTrace(item.trace));
  else {
    showRun(written.get(item.id) ?? []);
    await changeTo({ ...item.settings, prompt: item.prompt });
  }
}

/** Keeps what the item that is left has written. */
function keepWritten(): void {
  const item = presentedItem();
  const { events } = useRun.getState();
  if (item?.kind === 'run' && events.at(-1)?.type === 'end') written.set(item.id, events);
}

async function changeTo(settings: Partial<Settings>): Promise<void> {
  const before = useSettings.getState();
  changeSettings(settings);
  const { target, draft } = useSettings.getState();
  // Its models are made ready while the speaker introduces the run.
  if (target !== before.target || draft !== before.draft) void load('if-stored');
}

/** Ends what the models do, if they do anything. */
async function settle(): Promise<void> {
  stopWork();
  await new Promise<void>(onceFree);
}

/** What a page that is reloaded goes on with: the item, and the settings of before the presentation. */
const Kept = v.object({ at: v.pipe(v.number(), v.integer(), v.minValue(0)), before: v.looseObject({ prompt: v.string() }) });

/** Without storage a reload ends the presentation, and nothing else changes. */
function remember(at: number | null): void {
  if (at === null) quietly(() => sessionStorage.removeItem(SESSION_KEY));
  else quietly(() => sessionStorage.setItem(SESSION_KEY, JSON.stringify({ at, before })));
}

function remembered(): v.InferOutput<typeof Kept> | null {
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), Kept),
    quietly(() => sessionStorage.getItem(SESSION_KEY)),
  );
  return parsed.success ? parsed.output : null;
}
