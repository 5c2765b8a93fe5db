import { startOf } from '../../core/run/tally';
import { decodeTrace, type Trace } from '../../formats/trace/trace';
import { useConversation } from '../modes/conversation';
import { useProof } from '../modes/proof';
import { showRace, useRace } from '../modes/race';
import { fetchRecording } from './list';

/** The page's recordings of the same prompt both ways, and of the turns of one conversation. */
const BOTH_WAYS = ['story', 'story-plain'] as const;
const TURNS = ['conversation-1', 'conversation-2', 'conversation-3'] as const;

/** Replays a recorded race where none was run yet. A view whose example cannot be had stays empty. */
export async function showExampleRace(): Promise<void> {
  const isEmpty = () => useRace.getState().heats.length === 0 && useRace.getState().activity === 'idle';
  const [speculative, plain] = await recorded(BOTH_WAYS, isEmpty);
  if (!speculative || !plain) return;
  showRace({ runs: { speculative: speculative.events, plain: plain.events }, first: null }, speculative.about);
}

/** Lays two recorded runs side by side where nothing was proven yet. */
export async function showExampleProof(): Promise<void> {
  const [speculative, plain] = await recorded(BOTH_WAYS, () => useProof.getState().ids === null);
  if (speculative && plain)
    useProof.setState({ ids: { speculative: speculative.events, plain: plain.events }, example: speculative.about });
}

/** Shows a recorded conversation where nobody has asked anything yet. */
export async function showExampleConversation(): Promise<void> {
  const traces = await recorded(TURNS, () => useConversation.getState().turns.length === 0);
  const [first] = traces;
  if (!first) return;
  const turns = traces.map(({ events }) => ({ question: startOf(events)?.prompt ?? '', events }));
  useConversation.setState({ turns, example: first.about });
}

/** The recordings `names` of the page's; none where one of them cannot be had, or where they are not wanted any more. */
async function recorded(names: readonly string[], wanted: () => boolean): Promise<Trace[]> {
  if (!wanted()) return [];
  const traces = await Promise.all(names.map(async (name) => decodeTrace(await fetchRecording(name)))).catch(() => []);
  return wanted() ? traces : [];
}
