import { useDeferredValue, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, it, onTestFinished } from 'vitest';
import { drawn } from './support/drawn';

const ROWS = 60;
const ROW_MS = 5;
let show: (text: string) => void = () => undefined;

it('waits for what the page defers, however many frames it takes', async () => {
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  onTestFinished(() => {
    root.unmount();
    place.remove();
  });
  flushSync(() => root.render(<Rows />));
  for (const text of ['one', 'two', 'three', 'four']) {
    flushSync(() => show(text));
    expect(place.textContent).not.toContain(text);
    await drawn();
    expect(place.textContent).toBe(text.repeat(ROWS));
  }
});

function Rows() {
  const [text, setText] = useState('');
  show = setText;
  const deferred = useDeferredValue(text);
  return Array.from({ length: ROWS }, (_, i) => <Row key={String(i)} text={deferred} />);
}

/** Slow to draw. */
function Row({ text }: { readonly text: string }) {
  for (const until = performance.now() + ROW_MS; text !== '' && performance.now() < until; );
  return text;
}
