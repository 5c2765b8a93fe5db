import { FailureError } from '../failure';
import type { ResponseFormat } from '../types';
import { checkGrammar } from './check';
import { FormatError } from './grammar';
import { schemaGrammar } from './jsonSchema';
import { parseGrammar } from './parse';
import { printGrammar } from './print';

/** How a format is called before a person. */
export function formatName({ type }: ResponseFormat): string {
  return type === 'json' ? 'JSON schema' : 'grammar';
}

/** @throws FailureError invalid-setting where `format` cannot be used, before anything is computed */
export function checkFormat(format: ResponseFormat | null): void {
  if (format) compileFormat(format);
}

/**
 * A response format as a grammar for web-llm's matcher, which can be compiled and in which every answer that has been begun can be ended.
 *
 * @throws FailureError invalid-setting, with the place in the schema or the grammar and what is wrong there
 */
export function compileFormat(format: ResponseFormat): string {
  try {
    // JSON without a schema is any object.
    const source = format.type === 'json' ? (format.schema ?? '{"type":"object"}') : format.grammar;
    if (typeof source !== 'string') throw new FormatError('it is not text');
    const grammar = format.type === 'json' ? schemaGrammar(source) : parseGrammar(source);
    checkGrammar(grammar, (rule) => (format.type === 'grammar' ? `the rule "${rule}"` : rule.startsWith('#') ? rule : null));
    return printGrammar(grammar);
  } catch (thrown) {
    const error = isOverrun(thrown) ? new FormatError('it is too long, or nested too deep', 'Make it shorter.') : thrown;
    if (!(error instanceof FormatError)) throw error;
    const name = formatName(format);
    const message = `The ${name} of the response format cannot be used: ${error.message}.`;
    throw new FailureError('invalid-setting', message, error.hint ?? `Correct the ${name}.`, error);
  }
}

/** Whether the stack had no room for what was read: a RangeError, in Firefox an InternalError. */
export function isOverrun(thrown: unknown): boolean {
  return thrown instanceof RangeError || (thrown instanceof Error && thrown.name === 'InternalError');
}
