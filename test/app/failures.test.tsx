import { createRoot } from 'react-dom/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { ErrorBoundary } from '../../src/app/ErrorBoundary';
import { FailureError } from '../../src/core/failure';
import { useLoading } from '../../src/store/engine/loading';
import { useRun } from '../../src/store/run/run';
import { MANIFEST } from './support/manifest';
import { openPage, prompt, runToEnd, tokenElements } from './support/openPage';

const alert = () => page.getByRole('alert');

describe('when something fails', () => {
  it('asks for a prompt when the field is empty, with the focus in the box', async () => {
    const engine = await openPage();
    await runToEnd();
    await expect.element(alert()).toHaveTextContent('The prompt is empty.');
    expect(document.activeElement).toBe(prompt().element());
    await prompt().fill('   ');
    await runToEnd();
    await expect.element(alert()).toHaveTextContent('The prompt is empty.');
    expect(engine.tasks.filter((task) => task.type === 'run')).toEqual([]);
  });

  it('says what happened and what to do, keeps what was written, and runs again', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    engine.options.failure = new FailureError('device-lost', 'The GPU stopped answering.', 'Run again.');
    await runToEnd();
    await expect.element(alert()).toHaveTextContent('The GPU stopped answering.');
    await expect.element(alert()).toHaveTextContent('Run again.');
    expect(tokenElements().length).toBeGreaterThan(0);
    const end = useRun.getState().events.at(-1);
    expect(end?.type === 'end' && end.reason).toBe('failed');
    await runToEnd();
    await expect.element(alert()).not.toBeInTheDocument();
    expect(useRun.getState().events.filter((event) => event.type === 'round').length).toBeGreaterThan(3);
  });

  it('keeps the last output when the next run fails before it has begun', async () => {
    const engine = await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    const before = tokenElements().length;
    connectFailing(engine, new FailureError('no-adapter', 'No graphics adapter.', 'Try another browser.'));
    await runToEnd();
    await expect.element(alert()).toHaveTextContent('No graphics adapter.');
    expect(tokenElements()).toHaveLength(before);
  });

  it('says that the list of models is missing, and loads it again on demand', async () => {
    let answer = () => new Response('', { status: 404 });
    await openPage({ manifest: () => answer() });
    await expect.element(alert()).toHaveTextContent('answered 404');
    answer = () => Response.json(MANIFEST);
    await page.getByRole('button', { name: 'Load again' }).click();
    await expect.element(page.getByRole('radio', { name: 'Weak draft' })).toBeInTheDocument();
    await expect.element(alert()).not.toBeInTheDocument();
  });

  it('shows an error of its own instead of a blank page', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const place = document.body.appendChild(document.createElement('div'));
    const root = createRoot(place);
    onTestFinished(() => {
      root.unmount();
      place.remove();
      vi.restoreAllMocks();
    });
    root.render(
      <ErrorBoundary>
        <Breaks />
      </ErrorBoundary>,
    );
    await expect.element(alert()).toHaveTextContent('a broken part');
    await expect.element(page.getByRole('button', { name: 'Reload' })).toBeInTheDocument();
  });
});

function Breaks(): never {
  throw new Error('a broken part');
}

/** The engine fails from now on, before any event. */
function connectFailing(engine: { send: unknown }, failure: FailureError): void {
  engine.send = async function* () {
    yield* [];
    throw failure;
  };
  useLoading.setState({ failure: null });
}
