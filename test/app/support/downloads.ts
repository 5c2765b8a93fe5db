import { onTestFinished, vi } from 'vitest';

/** A file that the page has handed over. */
export interface Download {
  readonly name: string;
  readonly text: string;
  readonly type: string;
}

/** Catches what the page downloads, until the end of the test. */
export function catchDownloads(): Download[] {
  const downloads: Download[] = [];
  const blobs = new Map<string, Blob>();
  const create = URL.createObjectURL.bind(URL);
  const made = vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = create(blob);
    if (blob instanceof Blob) blobs.set(url, blob);
    return url;
  });
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    void blob?.text().then((text) => downloads.push({ name: this.download, text, type: blob.type }));
  });
  onTestFinished(() => {
    made.mockRestore();
    clicked.mockRestore();
  });
  return downloads;
}
