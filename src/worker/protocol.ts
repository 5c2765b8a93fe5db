/**
 * What the page and the engine's worker say to each other; types only. Every task has a MessageChannel of its own: the
 * page posts a `Task` with one port, the worker answers on it that it has `heard`, with updates, and with one `done` or `failed`, and the page may
 * post `stop` at any moment, which is `heard` too. In a run that a person drafts the worker also asks, and waits for the page's one `answer`.
 */
import type { Failure } from '../core/failure';
import type { PersonQuestion } from '../core/loop/person';
import type { Update } from '../engine/tasks';

export type FromWorker =
  /** Answered at once, whatever the worker is about; a worker that computes without a pause cannot. */
  | { readonly type: 'heard'; readonly what: 'task' | 'stop' }
  | { readonly type: 'update'; readonly update: Update }
  | { readonly type: 'question'; readonly question: PersonQuestion }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly failure: Failure };

export type FromPage =
  | { readonly type: 'stop' }
  | { readonly type: 'answer' /** As it was typed; null: the person passes. */; readonly text: string | null };
