/** The messages of a request as a conversation: a system message, turns that were answered, and the question. */
import * as v from 'valibot';
import { wellFormed } from '../core/loop/text';
import type { RunInput } from './apiEngine';
import { ApiError } from './apiError';
import { objectWith, oneOf, text } from './fields';
import { unsupported } from './request';

const part = v.object({ type: v.literal('text'), text });
const content = v.union([text, v.array(part)], 'text, or a list of parts of type "text": nothing else can be read');
const ROLES = ['system', 'developer', 'user', 'assistant'] as const;
const MESSAGE = { role: oneOf(ROLES), content };

/** What else it holds is looked at by `conversationOf`. */
export const message = v.looseObject(MESSAGE, objectWith(MESSAGE, 'an object with "role" and "content"'));

type Message = v.InferOutput<typeof message>;

/** @throws ApiError 400 where `messages` are not an optional system message, then a user's and an assistant's in turns, and a user's at last; or say more than a role and a text */
export function conversationOf(messages: readonly Message[]): RunInput {
  for (const [index, each] of messages.entries()) checkFields(each, `messages.${index}`);
  const [first] = messages;
  const hasSystem = first !== undefined && isSystem(first);
  const said = hasSystem ? messages.slice(1) : messages;
  const at = (index: number) => `messages.${index + (hasSystem ? 1 : 0)}`;
  for (const [index, { role }] of said.entries()) {
    const wanted = index % 2 === 0 ? 'user' : 'assistant';
    if (role !== wanted)
      throw refused(
        `"${at(index)}" is of role "${role}" where "${wanted}" is expected: a system message comes first, then user and assistant in turns.`,
        at(index),
      );
  }
  const last = said.at(-1);
  if (last?.role !== 'user') throw refused('The last message must be the user’s, which is answered.', 'messages');
  const turns = said
    .slice(0, -1)
    .flatMap((each, index) => (index % 2 === 0 ? [{ question: textOf(each), answer: textOf(said[index + 1]) }] : []));
  return { turns, prompt: textOf(last), ...(hasSystem ? { system: textOf(first) } : {}) };
}

/** An answer that is sent back has fields that say nothing (`refusal: null`, `annotations: []`). */
function checkFields({ role, content: _, ...others }: Message, at: string): void {
  const name = Object.keys(others).find((field) => others[field] !== null && !isEmptyList(others[field]));
  if (name !== undefined) throw unsupported(`${at}.${name}`);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function textOf(given: Message | undefined): string {
  const text = given?.content ?? '';
  return wellFormed(typeof text === 'string' ? text : text.map((each) => each.text).join(''));
}

function refused(message: string, param: string): ApiError {
  return new ApiError(400, 'invalid_value', message, param);
}
