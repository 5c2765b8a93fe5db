import '../../../src/app/theme.css';
import { createRoot, type Root } from 'react-dom/client';
import { expect, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { App } from '../../../src/app/App';
import { ErrorBoundary } from '../../../src/app/ErrorBoundary';
import { leaveQuiz } from '../../../src/store/course/quiz';
import { useBackend } from '../../../src/store/engine/backend';
import { useCalibration } from '../../../src/store/engine/calibration';
import { useCatalogue } from '../../../src/store/engine/catalogue';
import { connectEngine } from '../../../src/store/engine/connection';
import { useHalfCaches } from '../../../src/store/engine/halfCaches';
import { load, useLoading } from '../../../src/store/engine/loading';
import { racePlayer, useRace } from '../../../src/store/modes/race';
import { putNoticeAway } from '../../../src/store/page/notice';
import { closePalette } from '../../../src/store/page/palette';
import { applyTheme, useTheme } from '../../../src/store/page/theme';
import { useVisitor } from '../../../src/store/page/visitor';
import { DEFAULT_PLAYLIST } from '../../../src/store/present/defaultPlaylist';
import { holdPlaylist, usePlaylist } from '../../../src/store/present/playlist';
import { usePresenter } from '../../../src/store/present/presenter';
import { MemoryArchive } from '../../../src/store/recordings/archive';
import { keepHistory } from '../../../src/store/recordings/history';
import { useRecordings } from '../../../src/store/recordings/list';
import { usePlayback } from '../../../src/store/recordings/playback';
import { useRecording } from '../../../src/store/recordings/recording';
import { useShare } from '../../../src/store/recordings/share';
import { useSlowReplay } from '../../../src/store/recordings/slowReplay';
import { useRun } from '../../../src/store/run/run';
import { DEFAULT_SETTINGS, type Settings, useSettings } from '../../../src/store/run/settings';
import { FakeEngine } from './fakeEngine';
import { MANIFEST } from './manifest';

/** Opens the page as its entry does, on a fake engine, for someone who has run something before; closed and forgotten at the end of the test. */
export async function openPage({
  manifest = () => Response.json(MANIFEST),
  further,
  settings,
}: {
  manifest?: () => Response;
  /** What is answered for the list beside it, where there is one. */
  further?: () => Response;
  settings?: Partial<Settings>;
} = {}): Promise<FakeEngine> {
  localStorage.clear();
  useSettings.setState({ ...DEFAULT_SETTINGS, allSettings: true, ...settings });
  useCalibration.setState(useCalibration.getInitialState());
  useRun.setState(useRun.getInitialState());
  useCatalogue.setState({ ...useCatalogue.getInitialState(), further: further ? ['models-further/manifest.json'] : [] });
  useLoading.setState(useLoading.getInitialState());
  useBackend.setState(useBackend.getInitialState());
  useHalfCaches.setState(useHalfCaches.getInitialState());
  useTheme.setState(useTheme.getInitialState());
  // A view's example may come after the test that showed it has ended.
  useRace.setState(useRace.getInitialState());
  racePlayer.pause();
  racePlayer.use.setState(racePlayer.use.getInitialState());
  useRecording.setState(useRecording.getInitialState());
  useRecordings.setState(useRecordings.getInitialState());
  useShare.setState(useShare.getInitialState());
  usePlayback.setState(usePlayback.getInitialState());
  useSlowReplay.setState(useSlowReplay.getInitialState());
  useVisitor.setState({ hasRun: true });
  usePlaylist.setState({ ...usePlaylist.getInitialState(), ...DEFAULT_PLAYLIST });
  usePresenter.setState(usePresenter.getInitialState());
  holdPlaylist(false);
  leaveQuiz();
  sessionStorage.clear();
  putNoticeAway();
  closePalette();
  document.documentElement.lang = 'en';
  document.title = 'Foretoken';
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) =>
    further && String(url).includes('models-further') ? further() : manifest(),
  );
  const leaveHistory = keepHistory(async () => new MemoryArchive());
  const leaveTheme = applyTheme();
  const engine = new FakeEngine();
  connectEngine(engine);
  const place = document.body.appendChild(document.createElement('div'));
  const root: Root = createRoot(place);
  root.render(
    <ErrorBoundary>
      <App />
    </ErrorBoundary>,
  );
  onTestFinished(() => {
    leaveHistory();
    leaveTheme();
    root.unmount();
    place.remove();
    vi.restoreAllMocks();
  });
  void load('if-stored');
  // The first test of a run also waits for the page's code.
  await expect.element(prompt()).toBeInTheDocument();
  return engine;
}

export const prompt = () => page.getByLabelText('Prompt', { exact: true });
export const runButton = () => page.getByRole('button', { name: 'Run', exact: true });
export const stopButton = () => page.getByRole('button', { name: 'Stop', exact: true });
export const log = () => page.getByRole('log', { name: 'Output' });

/** Presses Run and waits for the end of the run. */
export async function runToEnd(): Promise<void> {
  await runButton().click();
  await untilIdle();
}

export async function untilIdle(): Promise<void> {
  await expect.poll(() => useRun.getState().activity).toBe('idle');
}

/** The tokens on the page, as elements, in order. */
export function tokenElements(): HTMLElement[] {
  return [...log().element().querySelectorAll<HTMLElement>('[data-verdict]')];
}
