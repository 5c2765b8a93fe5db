/**
 * Joins pictures of one size to an animated WebP that repeats without end (https://developers.google.com/speed/webp/docs/riff_container).
 * A frame holds only the rectangle in which it differs from the frame before; all are lossless.
 *
 * @param {import('playwright-core').Page} page a page of Chromium, which encodes the frames
 * @param {readonly { png: Buffer, ms: number }[]} shots each with the milliseconds that it stays, below 2 ** 24
 * @returns {Promise<Buffer>}
 */
export async function animatedWebp(page, shots) {
  const { width, height, frames } = await page.evaluate(
    encodeChanges,
    shots.map(({ png }) => png.toString('base64')),
  );
  const body = Buffer.concat([
    chunk('VP8X', Buffer.concat([uint(ANIMATED, 4), uint(width - 1, 3), uint(height - 1, 3)])),
    // The background, transparent, and how often it repeats: 0 is without end.
    chunk('ANIM', Buffer.concat([uint(0, 4), uint(0, 2)])),
    ...frames.map(({ x, y, width, height, webp }, index) => {
      const place = [uint(x / 2, 3), uint(y / 2, 3), uint(width - 1, 3), uint(height - 1, 3)];
      return chunk('ANMF', Buffer.concat([...place, uint(shots[index].ms, 3), uint(OVERWRITE, 1), pictureOf(Buffer.from(webp, 'base64'))]));
    }),
  ]);
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), body]));
}

const ANIMATED = 0x02;
/** A frame replaces what it covers, without blending, and stays. */
const OVERWRITE = 0x02;

const uint = (value, bytes) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};

/** A RIFF chunk: its name, its length, its content, padded to an even length. */
const chunk = (name, content) => Buffer.concat([Buffer.from(name), uint(content.length, 4), content, Buffer.alloc(content.length % 2)]);

/** The lossless picture of a still WebP file, as a chunk. */
function pictureOf(webp) {
  for (let at = 12; at < webp.length; ) {
    const end = at + 8 + webp.readUInt32LE(at + 4);
    if (webp.toString('latin1', at, at + 4) === 'VP8L') return webp.subarray(at, end + (end % 2));
    at = end + (end % 2);
  }
  throw new Error('This Chromium did not write a lossless WebP picture.');
}

/** In the page: each picture cut to what changed since the one before, its corner at even numbers as the format wants, and encoded. */
async function encodeChanges(pngs) {
  const pixelsOf = async (png) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0))]));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, picture.width, picture.height);
  };
  const changed = (now, before) => {
    let [left, top, right, bottom] = [now.width, now.height, 0, 0];
    const [a, b] = [new Uint32Array(now.data.buffer), before && new Uint32Array(before.data.buffer)];
    for (let y = 0, at = 0; y < now.height; y++) {
      for (let x = 0; x < now.width; x++, at++) {
        if (b && a[at] === b[at]) continue;
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
      }
    }
    if (right === 0) return { x: 0, y: 0, width: 1, height: 1 };
    const [x, y] = [left - (left % 2), top - (top % 2)];
    return { x, y, width: right - x, height: bottom - y };
  };
  const encode = async (pixels, { x, y, width, height }) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').putImageData(pixels, -x, -y);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 1 })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  };
  const frames = [];
  let before;
  for (const png of pngs) {
    const now = await pixelsOf(png);
    const place = changed(now, before);
    frames.push({ ...place, webp: await encode(now, place) });
    before = now;
  }
  return { width: before.width, height: before.height, frames };
}
