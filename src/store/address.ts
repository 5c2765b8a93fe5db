/**
 * What the page's address names behind its "#": a view, and a recorded run to show in it. `#step` is a view, `#learn/rounds` a place in one,
 * `#trace=1…` a recording in the first view, `#step&trace=1…` one in another, `#step&recording=story` one of the library's.
 */
export interface Address {
  /** null: the first view. */
  readonly view: string | null;
  /** The payload of a link that holds a whole trace. */
  readonly trace: string | null;
  /** The name of a recording of the library. */
  readonly recording: string | null;
}

export function readAddress(hash: string): Address {
  const parts = hash.replace(/^#/, '').split('&');
  const [place = ''] = parts;
  const named = (name: string) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  return {
    view: place === '' || place.includes('=') ? null : (place.split('/')[0] ?? null),
    trace: named('trace'),
    recording: named('recording'),
  };
}

/** Whether the address brings a recording along. */
export function namesRecording({ trace, recording }: Address): boolean {
  return trace !== null || recording !== null;
}

/** Calls `changed` whenever the address behind "#" has changed. @returns a function that ends that */
export function onAddress(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
