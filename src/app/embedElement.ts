/**
 * The entry of embed.js, for pages of someone else's: <foretoken-run trace="1…"></foretoken-run>, or recording="story" for one of the library's;
 * view="step" steps through it. It is a frame around embed.html beside this script, and nothing more.
 */
/** Apart from its use, so that the build does not take it for the address of a file to bundle. */
const SCRIPT = import.meta.url;

class ForetokenRun extends HTMLElement {
  static readonly observedAttributes = ['trace', 'recording', 'view'];

  connectedCallback(): void {
    if (this.firstChild) return;
    const frame = document.createElement('iframe');
    frame.title = this.getAttribute('label') ?? 'A run of speculative decoding';
    frame.loading = 'lazy';
    Object.assign(frame.style, { width: '100%', height: '100%', border: '0' });
    if (getComputedStyle(this).display === 'inline') Object.assign(this.style, { display: 'block', height: '480px' });
    this.append(frame);
    this.#show(frame);
  }

  attributeChangedCallback(): void {
    if (this.firstChild instanceof HTMLIFrameElement) this.#show(this.firstChild);
  }

  #show(frame: HTMLIFrameElement): void {
    const named = ['trace', 'recording'].flatMap((name) => {
      const value = this.getAttribute(name);
      return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
    });
    const view = this.getAttribute('view') === 'step' ? 'step' : 'watch';
    frame.src = new URL(`embed.html#${[view, ...named].join('&')}`, SCRIPT).href;
  }
}

if (!customElements.get('foretoken-run')) customElements.define('foretoken-run', ForetokenRun);
