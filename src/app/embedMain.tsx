/** The entry of embed.html: one recorded run in a frame of someone else's page. No model is loaded, nothing is stored. */
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followAddress } from '../store/recordings/recording';
import { Embed, LOOKS } from './Embed';
import { ErrorBoundary } from './ErrorBoundary';

const root = document.getElementById('root');
if (!root) throw new Error('embed.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <Embed />
    </ErrorBoundary>
  </StrictMode>,
);
followAddress(LOOKS.map(({ value }) => value));
