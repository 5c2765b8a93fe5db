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
