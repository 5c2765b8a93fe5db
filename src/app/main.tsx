// First, so that a feature's style sheet comes after those that it builds on.
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { serveRequests } from '../store/api/serve';
import { calibrateWhenIdle } from '../store/engine/calibration';
import { load } from '../store/engine/loading';
import { sweepOwnModels } from '../store/models/ownModels';
import { prepareOffline } from '../store/offline/prepareOffline';
import { namesRecording, readAddress } from '../store/page/address';
import { restoreTab, watchTab } from '../store/page/tab';
import { applyTheme } from '../store/page/theme';
import { resumePresenting } from '../store/present/presenter';
import { keepHistory } from '../store/recordings/history';
import { showOpening } from '../store/recordings/opening';
import { followAddress } from '../store/recordings/recording';
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
void load('if-stored');
serveRequests();
void sweepOwnModels();
// What is served for development changes too fast to be stored.
if (import.meta.env.PROD) void prepareOffline();
