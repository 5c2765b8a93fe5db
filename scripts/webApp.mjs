import { VitePWA } from 'vite-plugin-pwa';

/** Of the largest file of the shell, web-llm; one that is larger would silently not be there offline, so the build fails. */
const LARGEST_BYTES = 8 << 20;

const icon = (name, size, purpose) => ({ src: `icons/${name}-${size}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose });

/**
 * What makes the built page an installable app: its manifest, and its service worker (src/sw) with the list of every file of the build but
 * the models and what is there for other programs. All addresses are relative, so that a sub-path works. While it is served for development there is no service worker.
 *
 * @param {import('vite').Plugin[]} plugins of the service worker's own build, which is the last one
 */
export function webApp(plugins) {
  return VitePWA({
    strategies: 'injectManifest',
    registerType: 'prompt',
    // src/store/offline/shell.ts registers it, once the models are ready.
    injectRegister: false,
    srcDir: 'src/sw',
    filename: 'serviceWorker.ts',
    manifestFilename: 'app.webmanifest',
    includeManifestIcons: false,
    injectManifest: {
      globPatterns: ['**/*'],
      rollupFormat: 'iife',
      buildPlugins: { vite: plugins },
      globIgnores: [
        'models/**',
        'models-*/**',
        'libraries/*.{wasm,delta}',
        'preview.png',
        'app.webmanifest',
        'serviceWorker.js',
        '**/*.map',
      ],
      maximumFileSizeToCacheInBytes: LARGEST_BYTES,
      // Vite puts the hash of these into their names.
      dontCacheBustURLsMatching: /^assets\//,
    },
    manifest: {
      name: 'Foretoken: speculative decoding that you can see',
      short_name: 'Foretoken',
      description: 'Two real language models in your browser, and what became of every guess.',
      lang: 'en',
      dir: 'ltr',
      start_url: './',
      scope: './',
      display: 'standalone',
      // The page's own <meta name="theme-color"> tells light from dark once it is open.
      theme_color: '#fbfaf6',
      background_color: '#fbfaf6',
      categories: ['education', 'developer'],
      icons: [
        icon('icon', 192, 'any'),
        icon('icon', 512, 'any'),
        icon('maskable', 192, 'maskable'),
        icon('maskable', 512, 'maskable'),
        { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      ],
    },
  });
}
