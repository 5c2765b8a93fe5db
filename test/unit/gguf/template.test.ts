import { describe, expect, it } from 'vitest';
import { type Message, renderConversation } from '../../../src/formats/gguf/conversation';
import { JinjaTemplate } from '../../../src/formats/gguf/jinja';
import { Facts } from '../../../src/formats/gguf/metadata';
import { readTemplate } from '../../../src/formats/gguf/template';
import { readTokenizer } from '../../../src/formats/gguf/tokenizer';
import { refusalOf } from '../../support/gguf/refusal';
import { stockConversation } from '../../support/gguf/webllmConversation';

const SPECIAL = ['<|bos|>', '<|im_start|>', '<|im_end|>', '<|eot_id|>', '</s>'];
const TOKENS = ['a', ...SPECIAL];

/** Facts of a file with `template`; its BOS token is that of `bos`. */
function facts(template: string | undefined, bos = '<|bos|>', addBos = false): Facts {
  return new Facts(
    new Map<string, string | number | boolean | string[] | Float64Array>([
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.pre', 'gpt-2'],
      ['tokenizer.ggml.tokens', TOKENS],
      ['tokenizer.ggml.token_type', Float64Array.from(TOKENS, (token) => (SPECIAL.includes(token) ? 3 : 1))],
      ['tokenizer.ggml.merges', []],
      ['tokenizer.ggml.bos_token_id', TOKENS.indexOf(bos)],
      ['tokenizer.ggml.eos_token_id', TOKENS.indexOf('</s>')],
      ['tokenizer.ggml.add_bos_token', addBos],
      ...(template === undefined ? [] : [['tokenizer.chat_template', template] as const]),
    ]),
  );
}

const read = (...of: Parameters<typeof facts>) => readTemplate(facts(...of), readTokenizer(facts(...of)));

const CHATML =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
const DEFAULT_SYSTEM = `{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nBe helpful.<|im_end|>\\n' }}{% endif %}${CHATML}`;
const LLAMA3 =
  "{{- bos_token }}{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}{%- else %}{%- set system_message = '' %}{%- endif %}{{- '<|head|>system<|/head|>\\n\\nToday Date: ' + (strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024') + '\\n\\n' }}{{- system_message }}{{- '<|eot_id|>' }}{%- for m in messages %}{{- '<|head|>' + m['role'] + '<|/head|>\\n\\n' + m['content'] | trim + '<|eot_id|>' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|head|>assistant<|/head|>\\n\\n' }}{%- endif %}";
/** The system message within the first user's, no header before an answer, a blank before it once it is written, another end of each turn. */
const INST =
  "{{ bos_token }}{% if messages[0].role == 'system' %}{% set s = messages[0].content + '\\n\\n' %}{% set messages = messages[1:] %}{% else %}{% set s = '' %}{% endif %}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + (s if loop.first else '') + m.content + ' [/INST]' }}{% else %}{{ ' ' + m.content + '</s>' }}{% endif %}{% endfor %}";
const THINKING = CHATML.replace("'<|im_start|>assistant\\n' }}", "'<|im_start|>assistant\\n<think>\\n' }}");

/** What web-llm itself writes. */
function stock(template: ReturnType<typeof read>, messages: readonly Message[]): string {
  const conversation = stockConversation(template);
  for (const { role, content } of messages) {
    if (role === 'system') conversation.override_system_message = content;
    else conversation.appendMessage(role, content);
  }
  conversation.appendReplyHeader('assistant');
  return conversation.getPromptArray().join('');
}

describe('a chat template of a file', () => {
  it('as ChatML becomes roles, their ends, and the token that stops', () => {
    expect(read(CHATML)).toEqual({
      name: 'gguf',
      system_template: '<|im_start|>system\n{system_message}<|im_end|>\n',
      system_message: '',
      roles: { user: '<|im_start|>user\n', assistant: '<|im_start|>assistant\n', tool: '<|im_start|>user\n' },
      role_content_sep: '',
      role_empty_sep: '',
      seps: ['<|im_end|>\n', '<|im_end|>\n'],
      stop_str: [],
      stop_token_ids: ['<|im_end|>', '<|eot_id|>', '</s>'].map((token) => TOKENS.indexOf(token)),
      add_role_after_system_message: true,
      render_empty_system_message: false,
    });
  });

  it('keeps the system message that it writes by default', () => {
    expect(read(DEFAULT_SYSTEM)).toMatchObject({ system_message: 'Be helpful.', render_empty_system_message: true });
  });

  it('of Llama 3 begins with its BOS token, and always has the header of the system, with the date that it was made with', () => {
    const template = read(LLAMA3);
    expect(template.system_template).toBe('<|head|>system<|/head|>\n\nToday Date: 26 Jul 2024\n\n{system_message}<|eot_id|>');
    expect(template).toMatchObject({
      system_message: '',
      render_empty_system_message: true,
      system_prefix_token_ids: [TOKENS.indexOf('<|bos|>')],
    });
  });

  it('with the system message in the first turn, and other headers for an answer to come, fits too', () => {
    const template = read(INST);
    expect(template).toMatchObject({ add_role_after_system_message: false, seps: [' [/INST]', '</s>'], role_empty_sep: '' });
  });

  it('that begins an answer with a thought keeps that beginning', () => {
    expect(read(THINKING)).toMatchObject({ role_empty_sep: '<think>\n', roles: { assistant: '<|im_start|>assistant\n' } });
  });

  it('begins with the BOS token as the template writes it, by name or in its letters, or as the file adds it', () => {
    const bos = [TOKENS.indexOf('<|bos|>')];
    expect(read(`{{ bos_token }}${CHATML}`).system_prefix_token_ids).toEqual(bos);
    expect(read(`{{ '<|bos|>' }}${CHATML}`).system_prefix_token_ids).toEqual(bos);
    expect(read(CHATML, '<|bos|>', true).system_prefix_token_ids).toEqual(bos);
    expect(read(CHATML).system_prefix_token_ids).toBeUndefined();
    // SmolLM2's files call the token that begins a role BOS.
    expect(read(CHATML, '<|im_start|>')).toEqual(read(CHATML));
  });

  it.each(Object.entries({ CHATML, DEFAULT_SYSTEM, LLAMA3, INST, THINKING }))(
    '%s is written by web-llm as Jinja writes it',
    (_, source) => {
      const template = read(source);
      const jinja = new JinjaTemplate(source);
      const bos = source.includes('bos_token') ? '<|bos|>' : '';
      const turns: Message[] = Array.from({ length: 7 }, (_, i) => ({
        role: i % 2 ? 'assistant' : 'user',
        content: `turn ${i}\n$& {{ x }}`,
      }));
      for (const messages of [turns, turns.slice(0, 1), [{ role: 'system', content: 'Speak\nFrench.' } as const, ...turns.slice(0, 3)]]) {
        const wanted = jinja.render(messages, { bos, eos: '</s>' }, true);
        expect(bos + renderConversation(template, messages)).toBe(wanted);
        expect(bos + stock(template, messages)).toBe(wanted);
      }
    },
  );

  it.each([
    { what: 'that numbers its turns', template: "{% for m in messages %}{{ loop.index ~ m.role ~ m.content ~ '\\n' }}{% endfor %}" },
    {
      what: 'without roles for systems',
      template: `{% if messages[0].role == 'system' %}{{ raise_exception('No systems') }}{% endif %}${CHATML}`,
    },
    {
      what: 'that leaves answers out',
      template: CHATML.replace("{{ '<|im_start|>' + m", "{% if m.role == 'assistant' %}{% continue %}{% endif %}{{ '<|im_start|>' + m"),
    },
    { what: 'of nothing', template: '' },
    { what: 'that is no Jinja', template: '{% for %}{{' },
    { what: 'that is very long', template: `{# ${'x'.repeat(70_000)} #}${CHATML}` },
    { what: 'that counts without end', template: `{% for i in range(1000000000) %}x{% endfor %}${CHATML}` },
    {
      what: 'that grows without end',
      template: `{% set ns = namespace(x='x') %}{% for a in messages %}{% for b in range(999) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{% endfor %}${CHATML}`,
    },
    {
      what: 'that takes many steps',
      template: `${'{% for a in range(900) %}'.repeat(4)}{% set x = 1 %}${'{% endfor %}'.repeat(4)}${CHATML}`,
    },
    { what: 'that indents far', template: `{{ 'a\\nb' | indent(99999999) }}${CHATML}` },
    { what: 'that calls itself', template: `{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}${CHATML}` },
    { what: 'that nests deep', template: `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}${CHATML}` },
  ])('$what is refused, with what to choose', async ({ template }) => {
    const { code, message, hint } = await refusalOf(() => read(template));
    expect([code, hint.startsWith('Choose ')]).toEqual(['gguf-unsupported', true]);
    expect(message).toContain('chat template');
  });

  it('that is missing is refused as a base model', async () => {
    const { code, message, hint } = await refusalOf(() => read(undefined));
    expect(code).toBe('gguf-unsupported');
    expect(message).toContain('base model');
    expect(hint).toContain('instruct');
  });
});
