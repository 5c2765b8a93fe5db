/** Words of the view of models: what the page has, what is published, what a download would take and how far it is. */
import type { Architecture } from '../../catalog/architecture';
import type { Obstacle } from '../../catalog/downloadPlan';
import type { Misfit } from '../../catalog/fitting';
import type { LeftOut } from '../../catalog/prebuilt';
import type { Advice } from '../../core/cost/advice';
import type { Timed } from '../../core/cost/expectation';
import { formatBytes, formatCompact, formatCount, formatDuration, formatRate, formatRatio, formatShare, plural } from '../format';
import { speeds } from './speeds';

const MEMORIES = { window: 'forgets what is behind a sliding window', recurrent: 'keeps a recurrent state' } as const;

const tokenTime = (ms: number) => (ms < 1000 ? `${formatCount(ms)} ms` : formatDuration(ms));

export const hubModels = {
  heading: 'Models',
  intro:
    'Models that this browser can run, as targets and as drafts. Nothing is downloaded before you agree to it, and what is stored stays in this browser.',

  device: 'This device',
  noDevice: 'No WebGPU here: models run on the CPU, and of the published ones those that this page has a library for.',
  asking: 'One moment …',
  features: (features: readonly string[]) => (features.length === 0 ? 'no optional features' : features.join(', ')),
  featuresName: 'WebGPU features',
  binding: 'Largest array that a kernel reads',
  memory: 'Memory of the device',
  memoryUntold: 'at least 8 GB, or not told by the browser',
  room: 'Room for this page in the browser’s storage',
  roomOf: (used: number, available: number) => `${formatBytes(used)} used, ${formatBytes(available)} free`,
  roomUntold: 'not told by the browser',
  protection: 'Protected from being cleared',

  here: 'In this page',
  kinds: {
    embedded: 'comes with the page; knows a few kinds of text',
    beside: 'beside the page; understands any prompt',
    own: 'your own file',
    hub: 'published, stored here',
  },
  target: 'Target',
  draftNamed: (name: string) => `Draft: ${name}`,
  noDrafts: 'No draft model of the same tokenizer is here; n-grams or the target itself can draft.',
  between: ' · ',
  parameters: (count: number) => `${formatCompact(count)} parameters`,
  storedAll: (bytes: number) => `${formatBytes(bytes)}, stored`,
  storedPart: (bytes: number, total: number) => `${formatBytes(bytes)} of ${formatBytes(total)} stored`,
  storedNot: (total: number) => `${formatBytes(total)}, not stored`,
  takes: (bytes: number, context: number, half: boolean) =>
    `${formatBytes(bytes)} of memory with a cache of ${formatCount(context)} tokens${half ? ' in half precision' : ''}`,
  fullCacheOnly: 'its library keeps the cache in full precision',
  contextOf: (tokens: number) => `context of ${formatCount(tokens)} tokens`,
  architecture: ({ type, quantisation, layers, hidden, heads, kvHeads }: Architecture) =>
    `${type || 'unnamed architecture'}${quantisation ? ` in ${quantisation}` : ''}, ${plural(layers, 'layer')} of ${formatCount(hidden)}, ${plural(heads, 'head')}${kvHeads === heads ? '' : ` on ${formatCount(kvHeads)} of keys`}`,
  needs: (needs: readonly string[], missing: readonly string[]) =>
    needs.length === 0
      ? 'runs on every adapter'
      : `needs ${needs.map((need) => `${need}${missing.includes(need) ? ' (missing here)' : ''}`).join(' and ')}`,
  tokenizer: (fingerprint: string) => `tokenizer ${fingerprint.slice(0, 8)}`,
  chosen: 'in use',
  readyToUse: 'The chosen models are ready.',
  stopLoading: 'Stop loading',
  use: 'Use',
  chooseOf: (name: string) => `Use ${name}`,
  fetchAndUse: (bytes: number) => `Download ${formatBytes(bytes)} and use`,
  fetchAndUseOf: (name: string, bytes: number) => `Download ${formatBytes(bytes)} and use ${name}`,
  remove: 'Delete',
  removeOf: (name: string) => `Delete ${name}`,
  confirm: (name: string, bytes: number) => `Delete ${name}? That frees ${formatBytes(bytes)}. To use it again, you download it again.`,

  pay: 'Will it pay here?',
  payUnloaded: 'Known once the pair is loaded and measured on this device.',
  payUnmeasured: 'The page measures it when nobody uses it for two seconds.',
  measureNow: 'Measure now',
  measuring: 'Being measured …',
  payAnswer: ({ ceiling, breakEven }: Advice) =>
    breakEven === null
      ? 'No: not even if every draft were accepted.'
      : `From an acceptance of ${formatShare(breakEven.rate)} on, with drafts of ${formatCount(breakEven.gamma)}; at most ${speeds.times(ceiling)} as fast as plain decoding, were every draft accepted.`,

  downloads: 'Downloads',
  pairOf: (target: string, draft: string) => `${target} with ${draft}`,
  looking: 'Fetching the small files, which say what the rest would take …',
  from: (host: string) => `from ${host}`,
  comes: 'To download',
  comesOf: (bytes: number, unknown: number) =>
    `${formatBytes(bytes)}${unknown === 0 ? '' : `, and ${unknown === 1 ? 'its compiled library' : `${formatCount(unknown)} files`} of some MB`}`,
  nothingComes: 'nothing: all of it is here',
  isHere: 'Already stored',
  weights: 'Memory for weights',
  cache: 'Memory for the cache',
  whole: 'Both models with their caches',
  wholeOne: 'The model with its cache',
  unknown: 'not known yet',
  about: 'Architecture',
  context: 'Tokens that a cache holds',
  contextOption: (tokens: number, bytes: number | null) =>
    `${formatCount(tokens)}${bytes === null ? '' : ` (${formatBytes(bytes)} for caches)`}`,
  caches: 'Keys and values in the cache',
  cachesOf: (name: string) => ` of ${name}`,
  cacheOption: (precision: string, bytes: number | null) => `${precision}${bytes === null ? '' : ` (${formatBytes(bytes)})`}`,
  fullCache: 'full precision',
  halfCache: 'half precision',
  halfCacheNote:
    'Half precision runs on WebGPU alone. The text may differ from that of full precision; speculation still writes what plain decoding writes.',
  featuresNeeded: 'Features',
  fetch: (bytes: number) => (bytes === 0 ? 'Keep it' : `Download ${formatBytes(bytes)}`),
  fetchOf: (bytes: number, name: string) => `Download ${formatBytes(bytes)}: ${name}`,
  notNow: 'Not now',
  notNowOf: (name: string) => `Not now: ${name}`,
  oneAtATime: 'Another download is under way; this one waits for you until then.',
  progressOf: (name: string) => `Downloading ${name}`,
  progress: (loaded: number, total: number) => `${formatBytes(loaded)} of ${formatBytes(total)}`,
  rate: (bytes: number) => `${formatBytes(bytes)} a second`,
  bits: (bytes: number) => `${formatRate((bytes * 8) / 1e6)} Mbit/s`,
  left: (seconds: number) => `about ${formatDuration(1000 * seconds)} left`,
  otherTab: 'Another tab of this page downloads it, and can pause or cancel it.',
  silent: 'nothing has come for some seconds',
  file: (name: string) => `now ${name}`,
  pause: 'Pause',
  pauseOf: (name: string) => `Pause ${name}`,
  goOn: (bytes: number | null) => (bytes === null ? 'Go on' : `Go on: ${formatBytes(bytes)} left`),
  goOnOf: (goOn: string, name: string) => `${goOn}: ${name}`,
  retry: 'Try again',
  retryOf: (name: string) => `Try again: ${name}`,
  cancel: 'Cancel',
  cancelOf: (name: string) => `Cancel ${name}`,
  cancelNote: 'Cancel deletes what has come of models that are not complete.',
  paused: 'Paused. What is complete is stored, at the next visit too.',
  failedFiles: (count: number) =>
    `${plural(count, 'file')} could not be had. What is complete is stored; trying again fetches the rest alone.`,
  done: 'Stored in this browser.',
  chooseNow: 'Use it now',
  dismiss: 'Dismiss',
  alone: (name: string) => `Take ${name} alone`,
  announce: {
    fetching: '',
    looking: '',
    looked: 'can be downloaded',
    paused: 'is paused',
    failed: 'could not be downloaded',
    done: 'is stored',
  },
  announced: (name: string, state: string) => (state === '' ? '' : `${name} ${state}.`),

  obstacle(obstacle: Obstacle, nameOf: (id: string) => string): { readonly message: string; readonly hint: string } {
    if (obstacle.what === 'feature') {
      return {
        message: `${nameOf(obstacle.model)} needs ${obstacle.missing.join(' and ')}, which this device does not have.`,
        hint: 'Choose a version in q4f32_1, which needs no half precision, or use another browser or device.',
      };
    }
    if (obstacle.what === 'library') {
      return {
        message: `${nameOf(obstacle.model)} runs on a library of MLC’s, which needs WebGPU.`,
        hint: 'Choose a SmolLM2, Llama 3, Qwen2.5 or Qwen3 model in q4f16_1 or q4f32_1, which libraries of this page run, or let WebGPU compute.',
      };
    }
    const { what, model, wanted, there } = obstacle;
    if (what === 'array') {
      return {
        message: `An array of ${model === null ? 'a model' : nameOf(model)} takes ${formatBytes(wanted)}, and kernels here read ${formatBytes(there)} at a time.`,
        hint: 'Choose a smaller model of the same family.',
      };
    }
    if (what === 'memory' && model !== null) {
      return {
        message: `${nameOf(model)} takes ${formatBytes(wanted)} with its cache, and without WebGPU a model has ${formatBytes(there)}.`,
        hint: 'Choose a shorter cache, or a smaller model.',
      };
    }
    if (what === 'memory') {
      return {
        message: `Weights and caches take ${formatBytes(wanted)}, and this device has ${formatBytes(there)} of memory.`,
        hint: 'Choose a shorter cache or a smaller model, or take the target alone with n-gram drafts.',
      };
    }
    return {
      message: `${formatBytes(wanted)} would be stored, and the browser has room for ${formatBytes(there)}.`,
      hint: 'Delete a model that you do not need, or free space on the disk.',
    };
  },

  expected: (ms: number, timed: string) => `Without a graphics card a token takes at least about ${tokenTime(ms)}: ${timed}.`,
  hopeless: (name: string, ms: number, timed: string) =>
    `${name} is too slow without a graphics card: a token takes at least about ${tokenTime(ms)}, and an answer of 100 tokens ${formatDuration(100 * ms)}: ${timed}.`,
  hopelessHint: 'Choose a smaller model, or a device with a graphics card.',
  timedHere: ({ name, tokenMs }: Timed) => `one of ${name} takes ${formatRatio(tokenMs)} ms here`,
  timedElsewhere: ({ name, tokenMs }: Timed) => `one of ${name} took ${formatCount(tokenMs)} ms on two cores`,
  lookAt: (name: string) => `Look at ${name}`,

  published: 'Published models',
  publishedIntro: (host: string) =>
    `From web-llm’s list, as MLC compiled them. “Look at it” fetches the small files of a model from ${host}, some MB, and says what the rest would take.`,
  unread: 'The list is being read …',
  first: 'First choices',
  all: (count: number) => `All ${formatCount(count)} models`,
  find: 'Find',
  noneFound: 'No published model has this in its name.',
  version: (quantisation: string) => `in ${quantisation || 'an unnamed format'}`,
  measuredMemory: (bytes: number | null) =>
    bytes === null ? 'memory not told' : `about ${formatBytes(bytes)} of graphics memory, by MLC’s measure`,
  draft: 'Draft',
  draftOf: (name: string) => `Draft for ${name}`,
  noDraft: 'None: n-grams draft',
  checked: (name: string) => `${name} (same tokenizer, checked)`,
  byFamily: (name: string) => `${name} (same family)`,
  look: 'Look at it',
  lookOf: (name: string) => `Look at it: ${name}`,
  stored: 'stored',
  cannotDraft: (memory: 'window' | 'recurrent') => `It ${MEMORIES[memory]}, so it cannot take part in speculation: it decodes plainly.`,
  noneFits: 'No smaller model of its family is published: n-grams, or the target itself, can draft.',
  whyNot: 'Why not another draft?',
  ask: (target: string) => `Another draft for ${target}`,
  askFirst: 'Choose a model',
  misfit(misfit: Misfit, target: string, draft: string): string {
    if (misfit.why === 'memory')
      return `${misfit.model} ${MEMORIES[misfit.memory]}: rejected tokens cannot be taken back out of it. Choose a model with plain attention.`;
    if (misfit.why === 'size')
      return `${draft} is no smaller than ${target}, so it would save nothing. Choose a smaller one of the same family.`;
    if (misfit.why === 'tokenizer')
      return `The tokenizers of ${draft} and ${target} differ, by their content: an id means other text to each. Choose a draft of the target’s own family.`;
    return `${draft} is of another family than ${target}, and families have tokenizers of their own. You may have the page compare both tokenizers; else choose a draft of the target’s own family.`;
  },
  compare: 'Compare both',
  compareOf: (target: string, draft: string) => `Compare both tokenizers: ${target}, ${draft}`,
  leftOut: (count: number) => `${plural(count, 'record')} of the list ${count === 1 ? 'is' : 'are'} left out`,
  leftOutWhy: {
    embedding: 'makes embeddings, and writes no text',
    vision: 'reads pictures',
    unreadable: 'is of a form that this page does not read',
  } satisfies Record<LeftOut, string>,

  address: 'A model by its address',
  addressIntro:
    'A model in MLC’s format from any host that lets other pages read its files: its folder, which has mlc-chat-config.json, and its library, compiled for web-llm.',
  folder: 'Address of the folder',
  library: 'Address of the library (.wasm)',

  mirror: 'Where published models come from',
  mirrorIntro:
    'A room without internet can have a mirror: a host or folder of its own with the files of the hubs under the same paths. This lays one out, and any web server can serve it:',
  mirrorCommand: 'npm run mirror -- Qwen3-1.7B Qwen3-0.6B --out mirror',
  mirrorCors: 'The server must let other pages read its files (Access-Control-Allow-Origin).',
  mirrorField: 'Address of a mirror; empty: the hubs',
  mirrorSet: 'Set',
  mirrorNow: (host: string) => `Published models come from ${host}.`,
  hubs: 'huggingface.co',
  hubsAll: 'huggingface.co, and their libraries from raw.githubusercontent.com',
};
