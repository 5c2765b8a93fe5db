import { cdp } from 'vitest/browser';

/**
 * Has the browser take the page for one on `media` whose person prefers `features`; with neither, as it is. By Chromium's own protocol:
 * https://chromedevtools.github.io/devtools-protocol/tot/Emulation/#method-setEmulatedMedia
 */
export async function emulateMedia(media: '' | 'print', features: Readonly<Record<string, string>> = {}): Promise<void> {
  const session = cdp() as unknown as { send(method: string, params: object): Promise<void> };
  const all = { 'prefers-color-scheme': '', 'forced-colors': '', ...features };
  await session.send('Emulation.setEmulatedMedia', { media, features: Object.entries(all).map(([name, value]) => ({ name, value })) });
}
