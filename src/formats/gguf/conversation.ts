/** web-llm's form of a chat template (its `ConvTemplateConfig`): fixed texts around the messages. */
export interface ConvTemplate {
  readonly name: string;
  readonly system_template: string;
  readonly system_message: string;
  readonly roles: { readonly user: string; readonly assistant: string; readonly tool: string };
  readonly role_content_sep: string;
  readonly role_empty_sep: string;
  /** Behind a user's message, and behind an assistant's. */
  readonly seps: readonly [string, string];
  readonly stop_str: readonly string[];
  readonly stop_token_ids: readonly number[];
  /** Ids before everything. */
  readonly system_prefix_token_ids?: readonly number[];
  /** False where a system message stands inside the first user's, in place of its header. */
  readonly add_role_after_system_message: boolean;
  readonly render_empty_system_message: boolean;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What web-llm writes of `messages` and the header of an answer, behind the prefix ids: its `Conversation.getPromptArray`, joined. */
export function renderConversation(template: ConvTemplate, messages: readonly Message[]): string {
  const [first] = messages;
  const said = first?.role === 'system' ? first.content : template.system_message;
  const system =
    said === '' && !template.render_empty_system_message ? '' : template.system_template.replace('{system_message}', () => said);
  const turns = messages.filter(({ role }) => role !== 'system');
  const texts = turns.map(({ role, content }, i) => {
    const headed = i > 0 || system === '' || template.add_role_after_system_message;
    const header = role === 'user' ? template.roles.user : template.roles.assistant;
    return `${headed ? header + template.role_content_sep : ''}${content}${template.seps[i % 2]}`;
  });
  return `${system}${texts.join('')}${template.roles.assistant}${template.role_empty_sep}`;
}
