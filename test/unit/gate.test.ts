import { describe, expect, it, vi } from 'vitest';
import { beginMeasured, giveWay, useMeasuring } from '../../src/store/engine/measuring';
import { registerShell } from '../../src/store/offline/shell';
import { Gate } from '../../src/sw/gate';

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Stores file after file, as an installation does; how many are stored is its length. */
function storing(gate: Gate, store: () => Promise<void>): string[] {
  const stored: string[] = [];
  void (async () => {
    for (let file = 0; file < 5; file++) {
      await gate.enter();
      await store();
      stored.push(`${file}`);
      gate.leave();
    }
  })();
  return stored;
}

describe('what is stored in the background', () => {
  it('waits behind a closed gate, which is said to be closed when the file under way is stored', async () => {
    const gate = new Gate();
    let finish: () => void = () => undefined;
    const stored = storing(gate, () => new Promise((resolve) => (finish = resolve)));
    await settled();
    const said: string[] = [];
    const closed = gate.close().then(() => said.push(`closed after ${stored.length}`));
    await settled();
    expect(said).toEqual([]);
    finish();
    await closed;
    await settled();
    expect(said).toEqual(['closed after 1']);
    // Opened and closed again at once, it lets nothing through.
    gate.open();
    await gate.close();
    await settled();
    expect(stored).toHaveLength(1);
    gate.open();
    await settled();
    finish();
    await settled();
    expect(stored).toHaveLength(2);
  });

  it('goes on by itself if the closer of the gate is gone', async () => {
    vi.useFakeTimers();
    try {
      const gate = new Gate();
      await gate.close();
      const stored = storing(gate, async () => undefined);
      await vi.advanceTimersByTimeAsync(29_000);
      expect(stored).toEqual([]);
      await vi.advanceTimersByTimeAsync(2000);
      expect(stored).toHaveLength(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is held before a run begins and released when the last one has ended', async () => {
    const told: string[] = [];
    giveWay({ hold: async () => void told.push('hold'), release: () => told.push('release') });
    const [first, second] = [await beginMeasured(), await beginMeasured()];
    first();
    expect([...told, useMeasuring.getState().tasks]).toEqual(['hold', 'hold', 1]);
    second();
    expect([...told, useMeasuring.getState().tasks]).toEqual(['hold', 'hold', 'release', 0]);
    giveWay(null);
  });

  it('is held too where a newer version is found while a run goes on', async () => {
    vi.stubGlobal('document', { baseURI: 'http://localhost/' });
    const told: string[] = [];
    const installing = Object.assign(new EventTarget(), {
      postMessage: ({ type }: { type: string }, [port]: [MessagePort]) => {
        told.push(type);
        port.postMessage(null);
      },
    });
    const registration = Object.assign(new EventTarget(), { installing: null as typeof installing | null, active: null, waiting: null });
    await registerShell({ controller: null, register: async () => registration } as unknown as ServiceWorkerContainer);
    const end = await beginMeasured();
    registration.installing = installing;
    registration.dispatchEvent(new Event('updatefound'));
    await expect.poll(() => told).toEqual(['hold']);
    end();
    expect(told).toEqual(['hold', 'release']);
    giveWay(null);
    vi.unstubAllGlobals();
  });
});
