import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { load } from '../store/loading';
import { App } from './App';
import { ErrorBoundary } from './ErrorBoundary';
import './theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
void load();
