/** What stands behind the API: models, one of which runs at a time. */
import type { ModelSpec } from '../catalog/spec';
import type { RunEvent, RunSettings } from '../core/types';
import type { RunTask } from '../engine/tasks';
import type { PlainReason } from './plainReason';
import type { RequestDefaults } from './request';

/** A model that requests may name. */
export interface ApiModel {
  readonly id: string;
  /** What requests may call it besides. */
  readonly names: readonly string[];
  /** Most tokens of prompt and answer together. */
  readonly contextLength: number;
}

/** `model` as requests name it. */
export function modelOf({ id, name, context }: ModelSpec): ApiModel {
  return { id, names: name === id ? [] : [name], contextLength: context };
}

/** What the target is to go on from: a conversation's next answer, or a text as it stands. */
export type RunInput = Pick<RunTask, 'prompt' | 'turns' | 'system' | 'raw' | 'begun'>;

/** Told before a run starts that was to have drafts and is decoded plainly. */
export interface PlainNotice {
  readonly type: 'plain';
  readonly because: PlainReason;
}

export interface ApiEngine {
  /** That a request may name, the one that answers where it names none first. */
  models(): Promise<readonly ApiModel[]>;
  /** Of a request that does not say. */
  defaults(): RequestDefaults;
  /**
   * Waits for its turn, then runs; leaving early or aborting `signal` gives the turn up.
   *
   * @param further whether it goes on with a request that has been taken, and is not refused because many wait
   * @throws FailureError, ApiError before a run has begun
   */
  run(input: RunInput, settings: RunSettings, signal: AbortSignal, further: boolean): AsyncIterable<RunEvent | PlainNotice>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Differs from call to call. */
  randomId(): string;
}
