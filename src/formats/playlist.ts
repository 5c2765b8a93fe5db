import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { placeToday } from './formerPlaces';
import { misfitOf } from './misfit';
import { preparedSchema } from './settings';
import { decodeTrace, type TraceDocument } from './trace/trace';

export const PLAYLIST_FORMAT = 'foretoken-playlist';
export const PLAYLIST_VERSION = 1;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const common = { id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)), title: text(200), notes: text(20_000) };
const look = v.picklist(['watch', 'step']);

const traceDocument = v.custom<TraceDocument>((value) => {
  decodeTrace(value);
  return true;
});

const item = v.variant('kind', [
  /** To be run live. */
  v.object({ ...common, kind: v.literal('run'), look, prompt: text(100_000), settings: preparedSchema }),
  /** One of the page's own. */
  v.object({ ...common, kind: v.literal('recording'), look, recording: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,60}$/)) }),
  v.object({ ...common, kind: v.literal('trace'), look, trace: traceDocument }),
  /** A view of the page, such as a race, with the prompt and the settings that it is shown with. */
  v.object({
    ...common,
    kind: v.literal('view'),
    view: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,30}$/), v.transform(placeToday)),
    prompt: text(100_000),
    settings: preparedSchema,
  }),
  /** A place in the page's lessons. */
  v.object({
    ...common,
    kind: v.literal('lesson'),
    path: v.pipe(v.string(), v.regex(/^learn(\/[\w-]{1,80}){0,3}$/), v.transform(placeToday)),
  }),
]);

const playlistSchema = v.object({
  title: text(200),
  items: v.pipe(
    v.array(item),
    v.maxLength(200),
    v.check((items) => new Set(items.map(({ id }) => id)).size === items.length, 'every item must have an id of its own'),
  ),
});

export type Playlist = v.InferOutput<typeof playlistSchema>;
export type PlaylistItem = Playlist['items'][number];

/** The document of `playlist`, for `JSON.stringify`. */
export function encodePlaylist({ title, items }: Playlist): object {
  return { format: PLAYLIST_FORMAT, version: PLAYLIST_VERSION, title, items };
}

/**
 * The playlist in `document`, which may come from anywhere.
 *
 * @throws FailureError playlist-invalid, naming the first field that is wrong; playlist-newer
 */
export function decodePlaylist(document: unknown): Playlist {
  const head = v.safeParse(v.object({ format: v.literal(PLAYLIST_FORMAT), version: v.pipe(v.number(), v.integer()) }), document);
  if (!head.success) throw invalid('it is not a playlist of Foretoken');
  if (head.output.version > PLAYLIST_VERSION) {
    throw new FailureError(
      'playlist-newer',
      'This playlist was saved by a newer version of the page.',
      'Reload the page to get its newest version, then open the playlist again.',
    );
  }
  if (head.output.version !== PLAYLIST_VERSION) throw invalid(`there is no version ${head.output.version}`);
  return checkPlaylist(document);
}

/** The playlist in the text of a file. @throws FailureError as `decodePlaylist` */
export function readPlaylist(file: string): Playlist {
  let document: unknown;
  try {
    document = JSON.parse(file);
  } catch {
    throw invalid('it is not JSON');
  }
  return decodePlaylist(document);
}

/** `value` as a playlist. @throws FailureError playlist-invalid */
export function checkPlaylist(value: unknown): Playlist {
  let parsed: v.SafeParseResult<typeof playlistSchema>;
  try {
    parsed = v.safeParse(playlistSchema, value);
  } catch (thrown) {
    // A trace in it says itself what is wrong with it.
    throw invalid(thrown instanceof FailureError ? thrown.failure.message.replace(/\.$/, '') : 'it cannot be read');
  }
  if (parsed.success) return parsed.output;
  throw invalid(misfitOf(parsed.issues[0]));
}

function invalid(why: string): FailureError {
  return new FailureError(
    'playlist-invalid',
    `This playlist cannot be used: ${why}.`,
    'Choose another file; your own playlist stays as it is.',
  );
}
