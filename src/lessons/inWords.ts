import { COMMITTED_VERDICTS, type RoundEvent, type RunEvent } from '../core/types';

/** The end of the text that was committed before `round`, at most about `most` letters of it, cut at a blank. */
export function textBefore(events: readonly RunEvent[], round: RoundEvent, most: number): string {
  const text = events
    .flatMap((event) => (event.type === 'round' && event.index < round.index ? event.tokens : []))
    .filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict))
    .map((token) => token.text)
    .join('');
  return text.length > most ? `… ${text.slice(text.indexOf(' ', text.length - most) + 1)}` : text;
}

/** The last few words of `text`, at most `most` of them. */
export function lastWords(text: string, most = 6): string {
  const words = text.trimStart().split(/(?<=\s)(?=\S)/);
  return words.length > most ? `… ${words.slice(-most).join('')}` : words.join('');
}
