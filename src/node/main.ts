/** The command `foretoken`. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FailureError, toFailure } from '../core/failure';
import { GENERATE_HELP, GENERATE_USAGE, generate } from './generate';
import { print, printError } from './output';
import { SERVE_HELP, SERVE_USAGE, serve } from './serve';
import { ROOT } from './session';
import { usageError } from './usage';

const HELP = `foretoken: a language model, made faster by speculative decoding

  ${GENERATE_USAGE}
  ${SERVE_USAGE}

A small draft model guesses the next tokens, and the target checks them in one
pass. What stays is what the target would have written alone.

  foretoken generate --help     write to the terminal, each token coloured by its verdict
  foretoken serve --help        serve OpenAI's API and the page
  foretoken --version           which version this is

-h stands for --help, and -v for --version.`;

const VERSION: ReadonlySet<string> = new Set(['--version', '-v', '-V', 'version']);
const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h', 'help']);
const HELPS: ReadonlyMap<string | undefined, string> = new Map([
  ['generate', GENERATE_HELP],
  ['serve', SERVE_HELP],
]);
const USAGES: ReadonlyMap<string | undefined, string> = new Map([
  ['generate', GENERATE_USAGE],
  ['serve', SERVE_USAGE],
]);

/**
 * Runs one command.
 *
 * @returns the exit code: 0; 1 where it failed; 2 where it was written wrong; 130 or 143 where a signal ended it early
 */
export async function main([command, ...args]: readonly string[]): Promise<number> {
  const { stop, code } = stopSignals();
  try {
    if (command === 'serve') await serve(args, stop);
    else if (command === 'generate') await generate(args, stop);
    else if (command !== undefined && VERSION.has(command))
      print(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version);
    else if (command === undefined || HELP_WORDS.has(command)) print(helpFor(args[0]));
    else throw unknown(command);
    return command === 'generate' ? code() : 0;
  } catch (thrown) {
    if (stop.aborted && !(thrown instanceof FailureError && thrown.failure.code !== 'aborted')) {
      printError(command === 'serve' ? 'Stopped before the models were loaded.' : 'Stopped before the first token.');
      return command === 'serve' ? 0 : code();
    }
    const failure = toFailure(thrown);
    printError(`foretoken: ${failure.message}\n  ${failure.hint}`);
    if (process.env.FORETOKEN_DEBUG) console.error(thrown);
    if (failure.code !== 'command-invalid') return 1;
    printError(`\nusage: ${USAGES.get(command) ?? 'foretoken generate|serve [options]'}`);
    return 2;
  }
}

/** @throws FailureError command-invalid */
function helpFor(command: string | undefined): string {
  if (command === undefined) return HELP;
  const help = HELPS.get(command);
  if (help === undefined) throw unknown(command);
  return help;
}

function unknown(command: string): FailureError {
  return usageError(`There is no command "${command}".`, 'Choose generate or serve.');
}

/** One Ctrl+C may come twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 300;

/** The first SIGINT or SIGTERM aborts `stop`; another ends the process at once. `code`: of the process where one came. */
function stopSignals(): { readonly stop: AbortSignal; readonly code: () => number } {
  const stop = new AbortController();
  let code = 0;
  let cameAt = 0;
  for (const [signal, number] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted && performance.now() - cameAt > SAME_SIGNAL_MS) process.exit(number);
      if (stop.signal.aborted) return;
      cameAt = performance.now();
      code = number;
      stop.abort();
    });
  }
  return { stop: stop.signal, code: () => code };
}
