import fs from 'node:fs';
import { createServer } from 'vite';
import { describe, expect, it } from 'vitest';
import { linkPreview } from '../../scripts/linkPreview.mjs';

const html = fs.readFileSync('index.html', 'utf8');

/** The tags of the built page, by their property. */
function tags(address?: string, file = 'index.html'): Record<string, string> {
  const made = linkPreview(address).transformIndexHtml(html, { filename: `/some/${file}` }) ?? [];
  return Object.fromEntries(made.map(({ attrs }) => ['property' in attrs ? attrs.property : attrs.name, attrs.content]));
}

describe('what programs show of a link to the page', () => {
  it('is its title, its description and a picture of the build', () => {
    const { 'og:title': title, 'og:description': description, 'og:image': image, ...others } = tags();
    expect(title).toMatch(/^Foretoken: /);
    expect(html).toContain(`content="${description}"`);
    expect(image).toBe('./preview.png');
    expect(fs.readFileSync('public/preview.png').subarray(1, 4).toString()).toBe('PNG');
    expect(others).toMatchObject({ 'og:type': 'website', 'twitter:card': 'summary_large_image' });
    expect(others).not.toHaveProperty('og:url');
  });

  it('has whole addresses where the build is told its own', () => {
    expect(tags('https://example.org/lecture/')).toMatchObject({
      'og:url': 'https://example.org/lecture/',
      'og:image': 'https://example.org/lecture/preview.png',
    });
  });

  it.each(['example.org', 'https://example.org/lecture', 'ftp://example.org/', ''])('refuses an invalid address: "%s"', (address) => {
    expect(() => linkPreview(address)).toThrow('FORETOKEN_URL');
  });

  it('is of the page alone, not of frames and notes', () => {
    expect(tags(undefined, 'embed.html')).toEqual({});
  });

  it('is left out of what a development server serves, such as the page of the bench', async () => {
    const server = await createServer({ logLevel: 'silent', server: { middlewareMode: true, ws: false } });
    try {
      const page = await server.transformIndexHtml('/bench/index.html', fs.readFileSync('bench/index.html', 'utf8'));
      expect(page).toContain('page.ts');
      expect(page).not.toContain('og:');
    } finally {
      await server.close();
    }
  });
});
