import path from 'node:path';

const IMAGE = 'preview.png';

/**
 * What programs show of a link to the page (https://ogp.me): its title and description, as the document has them, and a picture.
 *
 * They want addresses that are whole, and a build does not know where it will lie: `FORETOKEN_URL`, the address of the page with its final slash,
 * says so. Without it the picture is named relative to the page, which some of them understand.
 */
export function linkPreview(address = process.env.FORETOKEN_URL) {
  if (address !== undefined && !/^https?:\/\/[^?#]+\/$/.test(address)) {
    throw new Error(`FORETOKEN_URL is "${address}": it must begin with https:// and end with a slash, as in https://example.org/lecture/.`);
  }
  return {
    name: 'link-preview',
    // Nobody links to a development server, which serves pages that are not the product's as well.
    apply: 'build',
    transformIndexHtml(html, { filename }) {
      if (path.basename(filename) !== 'index.html') return undefined;
      const [, title] = /<title>([^<]*)</.exec(html) ?? [];
      const [, description] = /<meta name="description" content="([^"]*)"/.exec(html) ?? [];
      if (!title || !description) throw new Error('index.html has no title or no description.');
      const properties = {
        'og:type': 'website',
        'og:site_name': title,
        'og:title': `${title}: speculative decoding that you can see`,
        'og:description': description,
        'og:image': address ? new URL(IMAGE, address).href : `./${IMAGE}`,
        'og:image:width': '1200',
        'og:image:height': '630',
        'og:image:alt': 'A run: the draft’s tokens underlined where the target kept them, struck where it did not',
        ...(address ? { 'og:url': address } : {}),
      };
      const tags = Object.entries(properties).map(([property, content]) => ({
        tag: 'meta',
        attrs: { property, content },
        injectTo: 'head',
      }));
      return [...tags, { tag: 'meta', attrs: { name: 'twitter:card', content: 'summary_large_image' }, injectTo: 'head' }];
    },
  };
}
