import type { ApiRequest } from '../api/respond';

/** What the page and its service worker say to each other; types only. The page posts a message with one port, and is answered on it once. */
export type ToServiceWorker =
  /** Take over from the version before, now. Answered before it happens. */
  | { readonly type: 'activate' }
  /** What of the shell is really stored? Answered with a `ShellReport`. */
  | { readonly type: 'report' }
  /** Store no further file of a version that is being installed. Answered when none is under way. */
  | { readonly type: 'hold' }
  /** Go on with them. */
  | { readonly type: 'release' }
  /** Delete what earlier versions left, unless another page is open that may be one of them. */
  | { readonly type: 'tidy' };

/** The page's own files (not the models) as they stand in the browser's storage. */
export interface ShellReport {
  readonly files: number;
  /** Files that are not stored. */
  readonly missing: number;
  /** Of the files that are. */
  readonly bytes: number;
}

/** What the service worker asks a page; types only. Each comes with a port, on which the page answers with `FromServingPage`. */
export type ToPage =
  /** Does this page answer requests of the API? Answered with `serving`; a page that does not says nothing. */
  | { readonly type: 'who-serves' }
  /** Answer this request. `stop` on the port gives it up. */
  | { readonly type: 'serve'; readonly request: ApiRequest };

export type FromServingPage =
  | { readonly type: 'serving' }
  /** Comes first. */
  | { readonly type: 'head'; readonly status: number; readonly contentType: string }
  | { readonly type: 'piece'; readonly text: string }
  /** Comes last. */
  | { readonly type: 'end' };
