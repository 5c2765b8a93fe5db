/** What the engine does for its callers: its tasks, and what it reports about them. Types, and which backend is the other one. */
import type { PrebuiltRecord } from '../catalog/prebuilt';
import type { ModelSpec, PairSpec } from '../catalog/spec';
import type { Calibration } from '../core/cost/cost';
import type { AskPerson } from '../core/loop/person';
import type { PairMemory, RunEvent, RunSettings, TokenId } from '../core/types';
import type { BackendChoice } from '../formats/settings';
import type { TransferUpdate } from '../storage/transfer';

/** Loads pairs and runs them. A `run` first reports progress while models load, then its events. */
export interface Engine {
  load(task: LoadTask, report: (update: LoadProgress | ComputedBy | MemoryUpdate) => void, signal: AbortSignal): Promise<void>;
  calibrate(
    task: CalibrateTask,
    report: (update: LoadProgress | ComputedBy | CalibrationResult) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** @param ask asks the person before the page for a draft; null at once when the task is stopped */
  run(
    task: RunTask,
    report: (update: LoadProgress | ComputedBy | MemoryUpdate | RunEvent) => void,
    signal: AbortSignal,
    ask: AskPerson,
  ): Promise<void>;
  import(task: ImportTask, report: (update: ImportProgress | Imported) => void, signal: AbortSignal): Promise<void>;
  remove(task: RemoveTask, signal: AbortSignal): Promise<void>;
  listPublished(task: PublishedTask, report: (update: Published) => void, signal: AbortSignal): Promise<void>;
  inspect(task: InspectTask, report: (update: Inspected) => void, signal: AbortSignal): Promise<void>;
  fetch(task: FetchTask, report: (update: Fetching) => void, signal: AbortSignal): Promise<void>;
  unload(task: UnloadTask, signal: AbortSignal): Promise<void>;
}

export type Task = LoadTask | CalibrateTask | RunTask | ImportTask | RemoveTask | PublishedTask | InspectTask | FetchTask | UnloadTask;

/** A task that needs a pair. */
interface PairTask {
  /** What computes; what the engine's own default is where it is absent. */
  readonly backend?: BackendChoice;
}

/** Makes a pair ready; what is already loaded stays. */
export interface LoadTask extends PairTask {
  readonly type: 'load';
  readonly pair: PairSpec;
}

/** Measures what `pair`, which is loaded first if need be, costs on this device. Update: the calibration, unless it was stopped. */
export interface CalibrateTask extends PairTask {
  readonly type: 'calibrate';
  readonly pair: PairSpec;
}

/** Runs on `pair`, loading first what is missing. Updates: progress while loading, then the run's events. */
export interface RunTask extends PairTask {
  readonly type: 'run';
  /** Needs a draft only where a model drafts. */
  readonly pair: PairSpec;
  /** The turns of the conversation before the prompt. */
  readonly turns: readonly Turn[];
  readonly prompt: string;
  /** The conversation's system message, where the target's chat template has a place for one; its own by default. */
  readonly system?: string;
  /** The prompt stands as it is, outside the chat template, and nothing before it; false by default. */
  readonly raw?: boolean;
  /** The beginning of the answer, which is given; nothing by default. */
  readonly begun?: string;
  readonly settings: RunSettings;
  /** What this pair costs; null if it was not measured. */
  readonly calibration: Calibration | null;
  /** The adapter that was measured on: on another one `calibration` is ignored. Absent: it was this one. */
  readonly measuredOn?: string;
}

/** Makes models of a person's own files and keeps them. Between the files that it writes other tasks have their turns. Updates: progress, and each model. */
export interface ImportTask {
  readonly type: 'import';
  /** GGUF: one, or two that are to draft for each other. Only pieces of them come into memory. */
  readonly files: readonly File[];
  /** URL of the page. */
  readonly base: string;
  /** Whether they are to fit with caches in half precision; false by default. */
  readonly halfCache?: boolean;
  /** What is to compute them; `auto` by default. */
  readonly backend?: BackendChoice;
}

/** Unloads `model`, which a person has added, and deletes it; what another own model needs too stays. An import that is under way ends first. */
export interface RemoveTask {
  readonly type: 'remove';
  readonly model: ModelSpec;
  /** URL of the page. */
  readonly base: string;
}

/** Which models web-llm's list has. Update: the list. */
export interface PublishedTask {
  readonly type: 'published';
}

/** Fetches the small files of the model of `record`, which tell all that is to be known before the large ones come; what is stored is not fetched again. Update: the model. */
export interface InspectTask {
  readonly type: 'inspect';
  readonly record: PrebuiltRecord;
  /** URL of the folder that keeps its files. */
  readonly folder: string;
  /** Whether its download was begun earlier: then its library is not asked for. */
  readonly begun?: boolean;
}

/** Stores all files of `models`; what is right already stays. Stopped, it keeps every file that is complete. Updates: how far it is. */
export interface FetchTask {
  readonly type: 'fetch';
  readonly models: readonly ModelSpec[];
}

/** Frees the device and all that is loaded on it; what is stored stays, and the next task loads it again. */
export interface UnloadTask {
  readonly type: 'unload';
}

/** A question and what was answered. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
  /**
   * The answer's tokens as they were written, without a stop token at their end: they stand in the caches, and a tokenizer would often cut
   * the same text otherwise. Without them the text is tokenized again.
   */
  readonly ids?: readonly TokenId[];
}

export type LoadPhase = 'downloading' | 'checking' | 'converting' | 'preparing' | 'ready';

/** The state of one model's loading. Bytes are of the files as served; `preparing` covers the library and its GPU pipelines. */
export interface LoadProgress {
  readonly type: 'progress';
  /** The model's id. */
  readonly model: string;
  readonly name: string;
  readonly phase: LoadPhase;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** What the model is to run on. */
  readonly backend: Backend;
}

export type Backend = 'webgpu' | 'cpu';
/** Of each, the other. */
export const OTHERS = { webgpu: 'cpu', cpu: 'webgpu' } as const satisfies Record<Backend, Backend>;

/** Milliseconds that the target takes for one token, by what computes. */
export interface DecodeTimes {
  readonly webgpu: number;
  readonly cpu: number;
}

/** Why a pair is computed by what it is. */
export type Because =
  /** A person, or a program, chose it. */
  | { readonly why: 'chosen' }
  /** There is no WebGPU, or no adapter for it. */
  | { readonly why: 'no-webgpu' }
  /** The adapter is a graphics card, as far as is known. */
  | { readonly why: 'graphics-card' }
  /** The adapter is made of software, and this is the faster of the two. */
  | { readonly why: 'faster'; readonly decodeMs: DecodeTimes }
  /** The other one cannot run it, as its `message` says. */
  | { readonly why: 'other-cannot'; readonly message: string };

/** What computes the pair, told when it is ready. */
export interface ComputedBy {
  readonly type: 'computed-by';
  readonly backend: Backend;
  /** As runs are labelled with it. */
  readonly adapter: string;
  readonly because: Because;
}

export interface CalibrationResult {
  readonly type: 'calibration';
  readonly adapter: string;
  /** null if the clocks here are too coarse to tell. */
  readonly calibration: Calibration | null;
}

/** What the pair takes on the GPU; told when it is ready, and after a run, which may have taken more. */
export interface MemoryUpdate {
  readonly type: 'memory';
  readonly adapter: string;
  readonly memory: PairMemory;
}

/** How far a file is that was found good. */
export interface ImportProgress {
  readonly type: 'import';
  /** Its place in the task. */
  readonly file: number;
  readonly name: string;
  readonly family: string;
  /** That are written for it, at most. */
  readonly writeBytes: number;
  /** That the browser lets the page store, when the file was checked; null where it does not say. */
  readonly room: number | null;
  /** Of its weights, which are `totalBytes`. */
  readonly readBytes: number;
  readonly totalBytes: number;
}

/** The model of a file is kept. */
export interface Imported {
  readonly type: 'imported';
  /** Its place in the task. */
  readonly file: number;
  /** Of the model. */
  readonly id: string;
  /** Whether it was made now. */
  readonly isNew: boolean;
}

export interface Published {
  readonly type: 'published';
  readonly records: readonly PrebuiltRecord[];
}

export interface Inspected {
  readonly type: 'inspected';
  readonly model: ModelSpec;
}

export interface Fetching {
  readonly type: 'fetching';
  readonly transfer: TransferUpdate;
}

export type Update =
  | LoadProgress
  | ComputedBy
  | CalibrationResult
  | MemoryUpdate
  | ImportProgress
  | Imported
  | Published
  | Inspected
  | Fetching
  | RunEvent;
