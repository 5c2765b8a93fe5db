import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { ConvTemplate } from '../../../src/formats/gguf/conversation';

export interface StockConversation {
  override_system_message?: string;
  appendMessage(role: 'user' | 'assistant', content: string): void;
  appendReplyHeader(role: 'assistant'): void;
  getPromptArray(): string[];
}

/** web-llm's own Conversation, which it does not export: its source, out of the module's. */
export function stockConversation(template: ConvTemplate): StockConversation {
  const file = createRequire(import.meta.url).resolve('@mlc-ai/web-llm');
  const source = fs.readFileSync(file, 'utf8');
  const [from, to] = [source.indexOf('\nclass Conversation {'), source.indexOf('\nfunction getConversation(')];
  if (from < 0 || to < from) throw new Error('web-llm no longer has its class Conversation where it was.');
  const make = new Function('Role', 'MessagePlaceholders', `${source.slice(from, to)}; return Conversation;`);
  const Conversation = make({ user: 'user', assistant: 'assistant', tool: 'tool' }, { system: '{system_message}' });
  return new Conversation(template);
}
