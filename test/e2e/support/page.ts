import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { ensureChromium, TEST_ARGS } from '../../../scripts/chromium.mjs';
import { keepChoice } from '../../../scripts/keptChoice.mjs';
import type { Verdict } from '../../../src/core/types';
import type { BackendChoice } from '../../../src/formats/settings';

/** How long a pair may take to load, and a run to end, with WebGPU on a busy CPU. */
const PATIENCE_MS = 90_000;

export interface ShownToken {
  readonly verdict: string;
  readonly id: number;
  readonly text: string;
}

const COMMITTED = new Set(['accepted', 'corrected', 'bonus', 'plain']);
export const committed = (tokens: readonly ShownToken[]) => tokens.filter((token) => COMMITTED.has(token.verdict));
export const idsOf = (tokens: readonly ShownToken[]) => committed(tokens).map((token) => token.id);

/** @param args of Chromium; as the tests use it, WebGPU runs on the CPU */
export function launch(args: readonly string[] = TEST_ARGS): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: [...args] });
}

/** The page as a person has it before them: found by role and name, and never by how it is made. */
export class Visit {
  readonly page: Page;
  readonly log: Locator;
  readonly prompt: Locator;
  readonly runButton: Locator;
  readonly stopButton: Locator;
  readonly alert: Locator;
  /** Errors that the page did not catch. */
  readonly uncaught: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    this.log = page.getByRole('log', { name: 'Output', exact: true });
    this.prompt = page.getByRole('textbox', { name: 'Prompt' });
    this.runButton = page.getByRole('button', { name: 'Run', exact: true });
    this.stopButton = page.getByRole('button', { name: 'Stop', exact: true });
    this.alert = page.getByRole('alert');
    page.on('pageerror', (error) => this.uncaught.push(error.stack ?? String(error)));
    page.setDefaultTimeout(PATIENCE_MS);
  }

  /**
   * Opens `url` as someone who was never there except to choose what computes.
   *
   * @param storing whether the page may store itself for use offline
   * @param backend WebGPU is what most tests test, though it is made of software here and not the faster
   */
  static async open(browser: Browser, url: string, storing = false, backend: BackendChoice = 'webgpu'): Promise<Visit> {
    const context = await browser.newContext({
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
      serviceWorkers: storing ? 'allow' : 'block',
    });
    await context.addInitScript(keepChoice, backend);
    return Visit.in(context, url);
  }

  /** Opens `url` in another tab of the same person. */
  alsoOpen(url: string): Promise<Visit> {
    return Visit.in(this.#context, url);
  }

  private static async in(context: BrowserContext, url: string): Promise<Visit> {
    const visit = new Visit(context, await context.newPage());
    await visit.page.goto(url);
    return visit;
  }

  async choose(option: 'Speculative' | 'Plain decoding' | 'Fixed'): Promise<void> {
    await this.#openSettings();
    await this.page.getByRole('radio', { name: option }).check();
  }

  async set(field: 'Draft length γ' | 'Most tokens', value: number): Promise<void> {
    await this.#openSettings();
    await this.page.getByRole('spinbutton', { name: field }).fill(String(value));
  }

  async #openSettings(): Promise<void> {
    const settings = this.page.locator('details', { hasText: 'More settings' });
    if ((await settings.getAttribute('open')) === null) await settings.locator('summary').click();
  }

  /** Types `prompt`, presses Run and waits for the end. */
  async run(prompt: string): Promise<ShownToken[]> {
    await this.start(prompt);
    await this.ended();
    return this.tokens();
  }

  async start(prompt: string): Promise<void> {
    await this.prompt.fill(prompt);
    await this.runButton.click();
  }

  /** Waits until the run on the page has ended, and gives the sentence that says how. */
  async ended(): Promise<string> {
    const status = this.page.getByRole('status').filter({ hasText: /^(Finished|Stopped|Failed)/ });
    await this.#expectSoon(status.waitFor());
    return (await status.textContent()) ?? '';
  }

  /** Waits for the alert, and gives its code, what it says happened and what it says to do. */
  async failure(): Promise<{ code: string; message: string; hint: string }> {
    await this.#expectSoon(this.alert.first().waitFor());
    const [message = '', hint = ''] = await this.alert.first().locator('p').allTextContents();
    return { code: (await this.alert.first().getAttribute('data-code')) ?? '', message, hint };
  }

  tokens(): Promise<ShownToken[]> {
    return this.log.locator('[data-token-id]').evaluateAll((elements) =>
      elements.map((element) => ({
        verdict: element.getAttribute('data-verdict') ?? '',
        id: Number(element.getAttribute('data-token-id')),
        text: element.textContent ?? '',
      })),
    );
  }

  /** Waits until `count` tokens are on the page; one that has no text yet counts. */
  /** @param verdict counts tokens of this verdict only, where what stood before has others */
  async waitForTokens(count: number, verdict?: Verdict): Promise<void> {
    const last = this.log.locator(verdict ? `[data-verdict="${verdict}"]` : '[data-token-id]').nth(count - 1);
    await this.#expectSoon(last.waitFor({ state: 'attached' }));
  }

  /** Adds to a timeout what the page itself says. */
  async #expectSoon(waiting: Promise<void>): Promise<void> {
    await waiting.catch(async (error: Error) => {
      const said = [...(await this.alert.allInnerTexts()), ...(await this.page.getByRole('status').allInnerTexts()), ...this.uncaught];
      throw new Error(`${error.message}\nThe page says: ${said.filter(Boolean).join(' | ') || 'nothing'}`);
    });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
