import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { browserModules } from './scripts/browserModules.mjs';
import { contentPolicy } from './scripts/contentPolicy.mjs';
import { furtherLists } from './scripts/furtherLists.mjs';
import { sendHostHeaders } from './scripts/hostHeaders.mjs';
import { lessonsPlugin } from './scripts/lessonsPlugin.ts';
import { licences } from './scripts/licences.mjs';
import { linkPreview } from './scripts/linkPreview.mjs';
import { quietTimings } from './scripts/quietTimings.mjs';
import { webApp } from './scripts/webApp.mjs';

const { collect, write } = licences();

// A relative base lets the built page live on any static host, on a sub-path too.
export default defineConfig({
  base: './',
  // A missing file is a 404, never the page itself.
  appType: 'mpa',
  plugins: [
    ...[quietTimings(), browserModules(), lessonsPlugin(), react(), furtherLists(path.join(import.meta.dirname, 'public'))],
    ...[webApp([quietTimings(), collect(), write()]), linkPreview(), contentPolicy(), sendHostHeaders(), collect()],
  ],
  worker: { format: 'es', plugins: () => [browserModules(), collect()] },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 7000,
    rollupOptions: {
      input: { index: 'index.html', embed: 'embed.html', notes: 'notes.html', element: 'src/app/embedElement.ts' },
      // Other pages name this one, so its name must not change with its content.
      output: { entryFileNames: ({ name }) => (name === 'element' ? 'embed.js' : 'assets/[name]-[hash].js') },
    },
  },
});
