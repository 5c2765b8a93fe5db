/** The entry of notes.html: the speaker's notes, in a window for the speaker's own screen. */
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyTheme } from '../store/page/theme';
import { ErrorBoundary } from './ErrorBoundary';
import { SpeakerNotes } from './SpeakerNotes';

applyTheme();
const root = document.getElementById('root');
if (!root) throw new Error('notes.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <SpeakerNotes tab={location.hash.slice(1)} />
    </ErrorBoundary>
  </StrictMode>,
);
