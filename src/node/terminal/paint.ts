/** Tokens on a terminal, each by its verdict. */
import type { RoundEvent, RunToken, Verdict } from '../../core/types';

export interface Paint {
  /** Whether the terminal is given colours. */
  readonly colours: boolean;
  /** Whether what was drafted and did not stay is shown. */
  readonly rejected: boolean;
}

/** Select Graphic Rendition (ECMA-48, 8.3.117). `discarded` tokens were never judged. */
const STYLES: Readonly<Record<Verdict, string>> = {
  accepted: '32',
  corrected: '1;33',
  bonus: '1;36',
  plain: '0',
  rejected: '9;31',
  discarded: '9;2',
};

/** NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), and else whether `stream` is a terminal that shows colours. */
export function showsColours(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** The text of a round. What a draft wrote and the target refused stands before the target's own token; without colours it stands between tildes. */
export function paintRound({ tokens }: RoundEvent, { colours, rejected }: Paint): string {
  const shown = tokens.filter((token) => token.text !== '' && (rejected || isKept(token)));
  if (colours) return shown.map(({ text, verdict }) => styled(harmless(text), verdict)).join('');
  const tilde = (token: RunToken, beside: RunToken | undefined) => (!isKept(token) && (!beside || isKept(beside)) ? '~' : '');
  return shown.map((token, at) => tilde(token, shown[at - 1]) + harmless(token.text) + tilde(token, shown[at + 1])).join('');
}

/** The names of the verdicts, each as its tokens are; '' without colours. */
export function legend({ colours, rejected }: Paint): string {
  if (!colours) return '';
  const verdicts: readonly Verdict[] = ['accepted', ...(rejected ? (['rejected', 'discarded'] as const) : []), 'corrected', 'bonus'];
  return verdicts.map((verdict) => styled(verdict, verdict)).join('  ');
}

function styled(text: string, verdict: Verdict): string {
  // A line's end in a struck text would strike the rest of the terminal's line.
  return text.replace(/[^\n]+/g, (line) => `\x1b[${STYLES[verdict]}m${line}\x1b[0m`);
}

function isKept({ verdict }: Pick<RunToken, 'verdict'>): boolean {
  return verdict !== 'rejected' && verdict !== 'discarded';
}

/** Characters that a terminal obeys, or that reorder its line. */
export const OBEYED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** `text` without what a terminal would obey: a model may write escape sequences, and so may the lists that name one. */
export function harmless(text: string): string {
  return text.replace(OBEYED, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
  });
}
