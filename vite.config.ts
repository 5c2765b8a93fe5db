import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A relative base lets the built page live on any static host, on a sub-path too.
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 7000 },
});
