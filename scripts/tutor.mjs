import { readFileSync } from 'node:fs';
import { createServer } from 'vite';
import { failClearly } from './options.mjs';

/** Prints a table: each line of a file of questions, what the tutor's reply stands on, and the reply. */
async function printReplies() {
  const [file] = process.argv.slice(2);
  if (!file) throw new Error('No questions. Name a text file with one question a line: npm run tutor -- FILE');
  const questions = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const vite = await createServer({ configFile: false, appType: 'custom', logLevel: 'error', server: { middlewareMode: true, ws: false } });
  try {
    const { replyTo } = await vite.ssrLoadModule('/src/lessons/tutor.ts');
    console.log('| question | reply | stands on | text |\n|---|---|---|---|');
    for (const question of questions) console.log(rowOf(question, replyTo(question)));
  } finally {
    await vite.close();
  }
}

function rowOf(question, reply) {
  const grounds = reply.kind === 'answer' ? [reply.ground] : (reply.grounds ?? []);
  const cells = [question, reply.kind, grounds.map(nameOf).join('; '), reply.text ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function nameOf({ kind, question, passage, term }) {
  if (kind === 'question') return `question: ${question.id}`;
  return kind === 'term' ? `term: ${term.id}` : `lesson: ${passage.lesson}, ${passage.section ?? 'beginning'}`;
}

await failClearly(printReplies);
