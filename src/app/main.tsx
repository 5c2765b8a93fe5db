// First, so that a feature's style sheet comes after those that it builds on.
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { namesRecording, readAddress } from '../store/address';
import { calibrateWhenIdle } from '../store/calibration';
import { keepHistory } from '../store/history';
import { load } from '../store/loading';
import { showOpening } from '../store/opening';
import { prepareOffline } from '../store/prepareOffline';
import { resumePresenting } from '../store/presenter';
import { followAddress } from '../store/recording';
import { restoreTab, watchTab } from '../store/tab';
import { applyTheme } from '../store/theme';
import { App } from './App';
import { ErrorBoundary } from './ErrorBoundary';
import { VIEWS } from './views';

applyTheme();
if (!namesRecording(readAddress(location.hash))) showOpening();
keepHistory();
restoreTab();
watchTab();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
calibrateWhenIdle();
followAddress(VIEWS.map(({ id }) => id));
resumePresenting();
void load();
// What is served for development changes too fast to be stored.
if (import.meta.env.PROD) void prepareOffline();
