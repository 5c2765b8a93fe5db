import { PLAYLIST_FORMAT } from '../../formats/playlist';
import { importPlaylist } from '../present/playlist';
import { openTraceFile } from './recording';

/** Opens a file of this page's, whichever it is: a playlist or a recording. A file that is neither fails as a recording. */
export async function openFile(file: Blob): Promise<void> {
  // Its format stands before anything long.
  const beginning = await file.slice(0, 400).text();
  if (!beginning.includes(`"${PLAYLIST_FORMAT}"`)) return openTraceFile(file);
  await importPlaylist(file);
  location.hash = '#present';
}
