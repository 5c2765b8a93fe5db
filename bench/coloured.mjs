/**
 * npm run pictures:answers [-- --out docs/answers.svg] [--pair smollm2] [--draft smollm2-head] [--gamma 4] [--max-tokens 64]: a picture of the answers that a pair
 * gives at temperature 0 to the first prompt of every kind, each token by its verdict. The runs are made in Chromium.
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { findModels, MODEL_OPTIONS } from './models.mjs';
import { ownPrompts } from './ownPrompts.mjs';

/** By verdict: colour and what else is drawn of a token, as the page draws it in light. */
const STYLES = {
  accepted: 'fill:#00775a;text-decoration:underline',
  rejected: 'fill:#b03f06;text-decoration:line-through;font-style:italic',
  corrected: 'fill:#855600;font-weight:600',
  bonus: 'fill:#2360a6;font-weight:600',
  plain: 'fill:#1c1b18',
};
const LEGEND = 'Drafts behind a rejected one were never judged and are left out.';
const [COLUMNS, CHARACTER, LINE, MARGIN] = [104, 7.23, 17, 14];
const LONGEST_PROMPT = 70;

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      ...{ out: { type: 'string', default: 'docs/answers.svg' }, draft: { type: 'string', default: 'smollm2-head' } },
      ...{ gamma: { type: 'string', default: '4' }, 'max-tokens': { type: 'string', default: '64' } },
      ...MODEL_OPTIONS,
    },
  });
  const { pair, folder, drafts } = findModels({ pair: 'smollm2', ...values });
  if (!drafts.includes(values.draft)) throw new Error(`There is no draft "${values.draft}". Choose of: ${drafts.join(', ')}.`);
  const [gamma, maxTokens] = [wholeNumber('gamma', values.gamma), wholeNumber('max-tokens', values['max-tokens'])];
  const prompts = firstOfEachKind([...ownPrompts(pair), ...ownPrompts('embedded')]);
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/index.html', 'bench', { models: folder });
  try {
    await call('load', values.draft);
    const { run } = await call('defaults');
    const settings = { ...run, mode: 'speculative', drafting: 'model', gamma, maxTokens };
    const answers = [];
    for (const { kind, prompt } of prompts) {
      const tokens = await call('verdicts', prompt, values.draft, settings);
      answers.push({ kind, prompt, tokens });
      console.error(`${answers.length} of ${prompts.length}: ${kind}, ${told(tokens)}`);
    }
    const about = `${values.draft}, γ ${gamma}, temperature 0, at most ${maxTokens} tokens; ${name}, ${os.cpus()[0]?.model.trim()}, ${new Date().toISOString().slice(0, 10)}`;
    fs.writeFileSync(values.out, picture(answers, about));
    console.log(`${answers.length} answers are in ${values.out}.`);
  } finally {
    await close();
  }
});

function firstOfEachKind(prompts) {
  return prompts.filter(({ kind }, at) => prompts.findIndex((other) => other.kind === kind) === at);
}

function told(tokens) {
  const count = (...verdicts) => tokens.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return `${count('accepted')} of ${count('accepted', 'rejected', 'discarded')} drafts accepted`;
}

/** An SVG with a paragraph an answer, in lines of COLUMNS characters. */
function picture(answers, about) {
  const lines = [
    ...wrapped([{ text: `${answers.length} answers, token by token` }]).map((line) => ({ ...line, style: 'title' })),
    ...wrapped([{ text: about }]).map((line) => ({ ...line, style: 'soft' })),
    ...wrapped(Object.keys(STYLES).flatMap((verdict) => [{ text: verdict, verdict }, { text: '  ' }])),
    ...wrapped([{ text: LEGEND }]).map((line) => ({ ...line, style: 'soft' })),
    ...answers.flatMap(({ kind, prompt, tokens }) => [
      { parts: [] },
      ...wrapped([{ text: `${kind}: ${shortened(prompt)} (${told(tokens)})` }]).map((line) => ({ ...line, style: 'asked' })),
      ...wrapped(tokens.filter(({ verdict, text }) => verdict !== 'discarded' && text !== '')),
    ]),
  ];
  const [width, height] = [Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN), lines.length * LINE + 2 * MARGIN];
  const classes = Object.entries({ ...STYLES, title: 'font-weight:600', soft: 'fill:#625e54', asked: 'fill:#1c1b18;font-weight:600' });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12" fill="#1c1b18">
<title>${answers.length} answers, each token by its verdict</title>
<style>${classes.map(([verdict, style]) => `.${verdict}{${style}}`).join('')}</style>
<rect width="100%" height="100%" fill="#fbfaf6"/>
${lines.map(drawn).join('\n')}
</svg>
`;
}

function drawn({ parts, style }, row) {
  const spans = parts.map(({ text, verdict }) => (verdict ? `<tspan class="${verdict}">${escaped(text)}</tspan>` : escaped(text)));
  return `<text x="${MARGIN}" y="${(MARGIN + LINE * (row + 0.8)).toFixed(1)}" xml:space="preserve"${style ? ` class="${style}"` : ''}>${spans.join('')}</text>`;
}

/** Lines of at most COLUMNS characters, each with the parts of tokens that are in it; a token that does not fit begins a line. */
function wrapped(tokens) {
  const lines = [{ parts: [], length: 0 }];
  for (const { text, verdict } of tokens) {
    for (const [at, whole] of text.split('\n').entries()) {
      if (at > 0) lines.push({ parts: [], length: 0 });
      for (const piece of whole.match(/\s*\S*/gu).filter(Boolean)) {
        if (lines.at(-1).length + piece.length > COLUMNS) lines.push({ parts: [], length: 0 });
        lines.at(-1).parts.push({ text: piece, verdict });
        lines.at(-1).length += piece.length;
      }
    }
  }
  return lines.filter(({ parts }, at) => parts.length > 0 || lines[at - 1]?.parts.length > 0);
}

function shortened(text) {
  return (text.length > LONGEST_PROMPT ? `${text.slice(0, LONGEST_PROMPT)}…` : text).replaceAll('\n', ' ');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\t', '  ');
}
