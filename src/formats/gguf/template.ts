import { type ConvTemplate, type Message, renderConversation } from './conversation';
import { JinjaTemplate } from './jinja';
import type { Facts } from './metadata';
import { unsupported } from './refusals';
import type { GgufTokenizer } from './tokenizer';

// No template writes these. They have no blanks at their ends, which many templates take away and web-llm leaves.
const [BOS, SYSTEM, USER, ANSWER] = ['⟦bos⟧', '⟦system⟧', '⟦user⟧', '⟦answer⟧'];
const system: Message = { role: 'system', content: SYSTEM };
const user: Message = { role: 'user', content: USER };
const answer: Message = { role: 'assistant', content: ANSWER };
const say = (role: Message['role'], content: string): Message => ({ role, content });

/** Conversations that the Jinja template and web-llm's form must write alike. */
const CONVERSATIONS: readonly (readonly Message[])[] = [
  [say('user', 'Why is the sky blue?')],
  [say('system', 'Be brief.'), say('user', 'Hello!')],
  [say('user', 'One'), say('assistant', 'Two.\n\nThree'), say('user', 'Four')],
  [
    say('system', 'a\nb'),
    ...[1, 2, 3, 4, 5].flatMap((i) => [say('user', `q${i}`), say('assistant', `a${i}`)]),
    say('user', '{{ $& }} <|x|>'),
  ],
];
const CHOOSE = 'Choose the file that the model’s makers publish, or one with a ChatML or Llama 3 template.';

/**
 * web-llm's form of the file's chat template, found by rendering marked messages and proved on other conversations, exactly. Tools, images and thinking that
 * is switched off are not asked about.
 *
 * @throws FailureError gguf-unsupported where there is no template, or it does not fit the form
 */
export function readTemplate(facts: Facts, tokenizer: GgufTokenizer): ConvTemplate {
  if (!facts.has('tokenizer.chat_template')) {
    throw unsupported('it has no chat template, as a base model', 'Choose a version of the model that answers: “instruct” or “chat”.');
  }
  const jinja = new JinjaTemplate(facts.string('tokenizer.chat_template'));
  const text = (id: number | undefined) => (id === undefined ? '' : (tokenizer.tokens[id] ?? ''));
  const eos = text(facts.token('tokenizer.ggml.eos_token_id', tokenizer.tokens.length));
  const render: Render = (messages, reply = true) => jinja.render(messages, { bos: BOS, eos }, reply);
  // A template writes the BOS token by its variable, in its own letters, or leaves it to the tokenizer. Some files call a role's first token BOS: those are
  // letters of the role.
  const ways = [
    { start: BOS, prefix: tokenizer.bos },
    { start: '', prefix: tokenizer.prefix },
    { start: text(tokenizer.bos), prefix: tokenizer.bos },
  ];
  for (const { start, prefix } of ways) {
    const rest: Render = (messages, reply) => without(render(messages, reply) ?? '', start);
    const texts = derive(rest);
    if (!texts || [texts.system_template, texts.roles.user].some((each) => each.includes(BOS))) continue;
    const stops = { stop_str: [], stop_token_ids: stopTokens(texts.seps[1], tokenizer) };
    const template = { ...texts, ...stops, ...(prefix !== undefined && { system_prefix_token_ids: [prefix] }) };
    if (CONVERSATIONS.every((messages) => renderConversation(template, messages) === rest(messages))) return template;
  }
  throw unsupported('its chat template writes conversations in a form that the page does not know', CHOOSE);
}

/** Ids that end an answer: the file's, and the token that the template puts behind one. */
function stopTokens(turnEnd: string, { tokens, added, ends }: GgufTokenizer): number[] {
  const behind = [...added.keys()].filter((id) => turnEnd.trimStart().startsWith(tokens[id] ?? ''));
  const longest = behind.sort((a, b) => (tokens[b]?.length ?? 0) - (tokens[a]?.length ?? 0)).slice(0, 1);
  return [...new Set([...longest, ...ends])].sort((a, b) => a - b);
}

type Render = (messages: readonly Message[], reply?: boolean) => string | null;
type Texts = Omit<ConvTemplate, 'stop_str' | 'stop_token_ids' | 'system_prefix_token_ids'>;

/** The fixed texts between marked messages; null where they cannot be told. */
function derive(render: Render): Texts | null {
  const asked = between(render([user]), USER);
  const behindUser = between(render([user], false), USER)?.[1];
  const behindAnswer = between(render([user, answer], false), USER, ANSWER)?.[2];
  const whole = between(render([system, user, answer, user]), SYSTEM, USER, ANSWER, USER);
  if (!asked || behindUser === undefined || behindAnswer === undefined || !whole) return null;
  const [beforeSystem, behindSystem, beforeAnswer, beforeUser, end] = whole as [string, string, string, string, string];
  const userHeader = without(beforeUser, behindAnswer);
  const answerHeader = without(beforeAnswer, behindUser);
  const replyHeader = without(end, behindUser);
  if (userHeader === null || answerHeader === null || replyHeader === null) return null;
  const roles = splitHeaders(userHeader, answerHeader, replyHeader);
  // Some templates put the system message into the first user's, behind its header.
  const apart = behindSystem.endsWith(userHeader);
  const closing = apart ? behindSystem.slice(0, behindSystem.length - userHeader.length) : behindSystem;
  const byItself = asked[0] ?? '';
  if (!roles || !byItself.endsWith(userHeader)) return null;
  // What stands before a first user without a system message: nothing, or a default one.
  const opening = byItself.slice(0, byItself.length - userHeader.length);
  const named = opening.startsWith(beforeSystem) && opening.endsWith(closing) && opening.length >= beforeSystem.length + closing.length;
  if (opening !== '' && !named) return null;
  return {
    name: 'gguf',
    system_template: `${beforeSystem}{system_message}${closing}`,
    system_message: opening.slice(beforeSystem.length, opening.length - closing.length),
    ...roles,
    seps: [behindUser, behindAnswer],
    add_role_after_system_message: apart,
    render_empty_system_message: opening !== '',
  };
}

/** web-llm puts the same text behind both roles' names, and another behind that of an answer to come. */
function splitHeaders(userHeader: string, answerHeader: string, replyHeader: string) {
  const shorter = Math.min(userHeader.length, answerHeader.length);
  for (let length = 0; length <= shorter; length++) {
    const behind = userHeader.slice(userHeader.length - length);
    const assistant = answerHeader.slice(0, answerHeader.length - length);
    if (!answerHeader.endsWith(behind)) return null;
    if (!replyHeader.startsWith(assistant)) continue;
    const user = userHeader.slice(0, userHeader.length - length);
    return { roles: { user, assistant, tool: user }, role_content_sep: behind, role_empty_sep: replyHeader.slice(assistant.length) };
  }
  return null;
}

/** What stands before, between and behind `marks`; undefined where they are not there, each once and in this order. */
function between(text: string | null, ...marks: string[]): string[] | undefined {
  if (text === null) return undefined;
  const parts = text.split(/(⟦system⟧|⟦user⟧|⟦answer⟧)/);
  const found = parts.filter((_, i) => i % 2 === 1);
  return found.join() === marks.join() ? parts.filter((_, i) => i % 2 === 0) : undefined;
}

/** `text` without `start`, with which it has to begin. */
function without(text: string, start: string): string | null {
  return text.startsWith(start) ? text.slice(start.length) : null;
}
