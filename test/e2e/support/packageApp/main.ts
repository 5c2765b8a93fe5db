/** A page of somebody else's: it has the package, web-llm's own engine, and clients of OpenAI's API. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import * as webllm from '@mlc-ai/web-llm';
import { generateText, streamText } from 'ai';
import * as foretoken from 'foretoken';
import OpenAI from 'openai';

export interface PackageApp {
  readonly foretoken: typeof foretoken;
  readonly webllm: typeof webllm;
  readonly OpenAI: typeof OpenAI;
  readonly ai: {
    readonly createOpenAICompatible: typeof createOpenAICompatible;
    readonly generateText: typeof generateText;
    readonly streamText: typeof streamText;
  };
  /** A dedicated worker whose script has the package's handler. */
  makeWorker(): Worker;
  /** Puts the package's handler into the page's service worker. */
  register(): Promise<unknown>;
}

declare global {
  var app: PackageApp;
}

globalThis.app = {
  ...{ foretoken, webllm, OpenAI, ai: { createOpenAICompatible, generateText, streamText } },
  makeWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  register: () => navigator.serviceWorker.register('serviceWorker.js', { type: 'module' }),
};
