import type { Playlist, PlaylistItem } from '../../formats/playlist';
import type { PreparedSettings } from '../../formats/settings';
import { FIRST_DRAFT, FIRST_TARGET, WEAK_DRAFT } from '../../formats/settings';

const SETTINGS: PreparedSettings = {
  ...({
    mode: 'speculative',
    target: FIRST_TARGET,
    draft: FIRST_DRAFT,
    drafting: 'model',
    adaptive: false,
    gamma: 4,
    maxTokens: 240,
  } as const),
  ...({ temperature: 0, seed: 1, rule: 'rejection' } as const),
};

const QUESTION = 'What is speculative decoding?';
const STORY = 'Tell a short story about a fox who finds a bell.';

const lesson = (id: string, title: string, notes: string): PlaylistItem => ({
  kind: 'lesson',
  id: `lesson-${id}`,
  title,
  notes,
  path: `learn/${id}`,
});
const recording = (name: string, title: string, look: 'watch' | 'step', notes: string): PlaylistItem => ({
  ...({ kind: 'recording', id: `recording-${name}`, title, notes, look, recording: name } as const),
});
const run = (id: string, title: string, prompt: string, change: Partial<PreparedSettings>, notes: string): PlaylistItem => ({
  ...({ kind: 'run', id: `run-${id}`, title, notes, look: 'watch', prompt } as const),
  settings: { ...SETTINGS, ...change },
});

/** A lecture of ten minutes that needs no network. */
export const DEFAULT_PLAYLIST: Playlist = {
  title: 'Speculative decoding in ten minutes',
  items: [
    lesson(
      'why-slow',
      'Why decoding is slow',
      '0:00. One token after another; most of the device waits. Show the roofline of this machine.',
    ),
    recording(
      'story-plain',
      'The target alone',
      'watch',
      '1:30. R plays it. One bar a token: every token is a pass of its own. Note the tokens per second.',
    ),
    recording(
      'story',
      'The same story, with a draft',
      'watch',
      '2:15. The same text. Fewer bars: several tokens a pass. Ask: what do struck words cost?',
    ),
    recording(
      'story-sampled',
      'One round by hand',
      'step',
      '3:15. Arrow keys step. Stop at the first rejection: u is not below p / q, so a token comes from the residual.',
    ),
    lesson('lossless', 'The same output, exactly', '4:45. What lossless means here, and what it does not promise.'),
    {
      ...({ kind: 'view', id: 'view-race', title: 'Live: a race', view: 'race' } as const),
      notes:
        '5:45. R measures both ways on this machine, one after the other, and replays them together. P holds it, arrows go pass by pass.',
      prompt: STORY,
      settings: SETTINGS,
    },
    run(
      'counting',
      'Live: counting',
      'Count from 1 to 30.',
      { gamma: 8 },
      '6:45. R runs it on this machine. Nearly every draft is kept: watch the mean acceptance length.',
    ),
    run(
      'weak',
      'Live: a weak draft',
      QUESTION,
      { draft: WEAK_DRAFT },
      '7:30. The same target, a draft that knows less: on an answer most of its tokens fall. The text does not change; the speed does.',
    ),
    run(
      'random-words',
      'Live: little to know',
      'Write 30 random words.',
      { draft: WEAK_DRAFT, temperature: 0.8 },
      '8:15. R runs it. Nobody can know the next word of a random list. The rule asks for less: the target’s distribution, which this draft does not have.',
    ),
    lesson('when-not', 'When it does not pay', '9:00. Half wrong may be theatre. End with the question: what would your own text be like?'),
  ],
};
