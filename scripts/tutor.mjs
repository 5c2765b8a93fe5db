import { readFileSync } from 'node:fs';
import { createServer } from 'vite';
import { failClearly } from './options.mjs';

/** Prints a table: each line of a file of questions, the tutor's reply, the grounds that it shows, and its text. */
async function printReplies() {
  const [file] = process.argv.slice(2);
  if (!file) throw new Error('No questions. Name a text file with one question a line: npm run tutor -- FILE');
  const questions = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const vite = await createServer({ configFile: false, appType: 'custom', logLevel: 'error', server: { middlewareMode: true, ws: false } });
  try {
    const { replyTo } = await vite.ssrLoadModule('/src/lessons/tutor.ts');
    console.log('| question | reply | grounds, the best first | text |\n|---|---|---|---|');
    for (const question of questions) console.log(rowOf(question, replyTo(question)));
  } finally {
    await vite.close();
  }
}

function rowOf(question, reply) {
  const grounds = reply.kind === 'answer' ? [reply.ground, ...reply.more] : (reply.grounds ?? []);
  const text = reply.kind === 'answer' ? reply.text : grounds.map(textOf).join(' / ');
  const cells = [question, reply.kind, grounds.map(nameOf).join('; '), text];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function textOf({ kind, question, passage, term }) {
  if (kind === 'question') return question.answer;
  return kind === 'term' ? term.definition : passage.text;
}

function nameOf({ kind, question, passage, term }) {
  if (kind === 'question') return `question: ${question.id}`;
  return kind === 'term' ? `term: ${term.id}` : `lesson: ${passage.lesson}, ${passage.section ?? 'beginning'}`;
}

await failClearly(printReplies);
