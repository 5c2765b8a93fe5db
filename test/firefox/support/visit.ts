import type { Browser, Page } from 'puppeteer-core';
import { keepChoice } from '../../../scripts/keptChoice.mjs';
import { idsOf, type ShownToken } from '../../e2e/support/page';

/** How long a pair may take to load, and a run to end, with WebGPU on a busy CPU. */
const PATIENCE_MS = 90_000;

/** The page in Firefox as a person has it before them: found by role and name, as test/e2e/support/page.ts finds it in Chromium. */
export class FirefoxVisit {
  readonly page: Page;
  /** Errors that the page did not catch. */
  readonly uncaught: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    page.setDefaultTimeout(PATIENCE_MS);
  }

  /** Opens `url` in a tab. A second tab belongs to the same person, who has chosen WebGPU: what these tests test, though it is made of software here. */
  static async open(browser: Browser, url: string): Promise<FirefoxVisit> {
    const visit = new FirefoxVisit(await browser.newPage());
    await visit.page.evaluateOnNewDocument(keepChoice, 'webgpu' as const);
    await visit.page.goto(url);
    return visit;
  }

  find(role: string, name: string) {
    return this.page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
  }

  async press(name: string): Promise<void> {
    await this.find('button', name).click();
  }

  fill(name: string, text: string): Promise<void> {
    return this.#write('textbox', name, text);
  }

  /** Opens the settings that are folded away. */
  async openSettings(): Promise<void> {
    const settings = 'details:has(.more-settings-fields)';
    if (await this.page.$eval(settings, (details) => (details as HTMLDetailsElement).open)) return;
    await this.page.locator(`${settings} > summary`).click();
  }

  async choose(option: string): Promise<void> {
    await this.find('radio', option).click();
  }

  set(field: string, value: number): Promise<void> {
    return this.#write('spinbutton', field, String(value));
  }

  /** Puts `text` in place of what a field holds, as pasting does: key by key it would take seconds. */
  async #write(role: string, name: string, text: string): Promise<void> {
    const field = await this.find(role, name).waitHandle();
    await field.evaluate((element, pasted) => {
      const input = element as HTMLInputElement | HTMLTextAreaElement;
      input.focus();
      input.select();
      document.execCommand('insertText', false, pasted);
    }, text);
  }

  /** Types `prompt`, presses Run, waits for the end, and gives the ids that were committed. */
  async run(prompt: string): Promise<number[]> {
    await this.fill('Prompt', prompt);
    await this.press('Run');
    await this.says('Finished', '[role="status"]');
    return idsOf(await this.tokens('Output'));
  }

  /** Waits until the text of an element that `selector` finds begins with `text`, and gives all of it. */
  async says(text: string, selector = 'p, h2, h3, dd, button'): Promise<string> {
    const begins = (wanted: string, where: string) =>
      [...document.querySelectorAll(where)].map((element) => element.textContent?.trim() ?? '').find((each) => each.startsWith(wanted));
    const found = await this.page.waitForFunction(begins, { polling: 100 }, text, selector).catch(async (error: Error) => {
      throw new Error(`${error.message} for "${text}". The page says: ${await this.said()}`);
    });
    return (await found.jsonValue()) ?? '';
  }

  /** What the page says of how it is. */
  async said(): Promise<string> {
    const texts = await this.page.$$eval('[role="alert"], [role="status"]', (elements) =>
      elements.map((element) => element.textContent ?? ''),
    );
    return [...texts, ...this.uncaught].filter(Boolean).join(' | ') || 'nothing';
  }

  /** @param log its name */
  async tokens(log: string): Promise<ShownToken[]> {
    const found = await this.find('log', log).waitHandle();
    return found.evaluate((element) =>
      [...element.querySelectorAll<HTMLElement>('[data-token-id]')].map((token) => ({
        verdict: token.dataset.verdict ?? '',
        id: Number(token.dataset.tokenId),
        text: token.textContent ?? '',
      })),
    );
  }
}
