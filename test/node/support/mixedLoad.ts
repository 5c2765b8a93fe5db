import type OpenAI from 'openai';

/** What a request asks for, beside what it is to be answered. */
interface Asked {
  readonly prompt: string;
  readonly tokens: number;
}

/** Requests of several lengths, which differ in what is written. */
export const ASKED: readonly Asked[] = [
  { prompt: 'Count from 1 to 12.', tokens: 20 },
  { prompt: 'Count from 30 to 45.', tokens: 9 },
  { prompt: 'What is the opposite of hot?', tokens: 5 },
  { prompt: 'Tell me a story about a fox.', tokens: 33 },
  { prompt: 'Write a function that adds two numbers.', tokens: 14 },
];

/** What became of one request. */
export type Outcome = 'right' | 'wrong' | 'aborted' | 'refused' | 'lost';

const messagesOf = (prompt: string) => [{ role: 'user' as const, content: prompt }];

/** The text of each of `ASKED`, asked for one after the other. */
export async function references(client: OpenAI): Promise<string[]> {
  const texts: string[] = [];
  for (const asked of ASKED) texts.push(await whole(client, asked));
  return texts;
}

/** The kinds of requests in a mix: in one piece, in chunks, given up on the way, and three that are refused. */
const KINDS = ['whole', 'stream', 'abort', 'malformed', 'whole', 'too large', 'stream', 'wrong field'] as const;

/** Sends request `index` of a mix. @param texts what `ASKED` is to be answered */
export async function request(client: OpenAI, index: number, texts: readonly string[]): Promise<Outcome> {
  const at = index % ASKED.length;
  const asked = ASKED[at] as Asked;
  const kind = KINDS[index % KINDS.length];
  try {
    if (kind === 'malformed') return await refusedWith(client, '{"messages": [', 400);
    if (kind === 'too large') return await refusedWith(client, 'x'.repeat(10_000_000), 413);
    if (kind === 'wrong field') return await refusedWith(client, JSON.stringify({ messages: 'hello' }), 400);
    if (kind === 'abort') return await givenUp(client, asked);
    const text = kind === 'whole' ? await whole(client, asked) : await streamed(client, asked);
    return text === texts[at] ? 'right' : 'wrong';
  } catch {
    return 'lost';
  }
}

async function whole(client: OpenAI, { prompt, tokens }: Asked): Promise<string> {
  const body = { model: 'target', messages: messagesOf(prompt), temperature: 0, max_tokens: tokens };
  return (await client.chat.completions.create(body)).choices[0]?.message.content ?? '';
}

async function streamed(client: OpenAI, { prompt, tokens }: Asked): Promise<string> {
  const body = { model: 'target', messages: messagesOf(prompt), temperature: 0, max_tokens: tokens, stream: true } as const;
  let text = '';
  for await (const chunk of await client.chat.completions.create(body)) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

async function givenUp(client: OpenAI, { prompt }: Asked): Promise<Outcome> {
  const stop = new AbortController();
  const body = { model: 'target', messages: messagesOf(prompt), temperature: 0, max_tokens: 500, stream: true } as const;
  const stream = await client.chat.completions.create(body, { signal: stop.signal });
  await stream[Symbol.asyncIterator]().next();
  stop.abort();
  return 'aborted';
}

async function refusedWith(client: OpenAI, body: string, status: number): Promise<Outcome> {
  const response = await fetch(`${client.baseURL}/chat/completions`, { method: 'POST', body });
  const { error } = (await response.json()) as { error?: { message?: string } };
  return response.status === status && error?.message ? 'refused' : 'wrong';
}

/** How many of `outcomes` there are of each. */
export function countOf(outcomes: readonly Outcome[]): Partial<Record<Outcome, number>> {
  return Object.fromEntries([...new Set(outcomes)].map((each) => [each, outcomes.filter((other) => other === each).length]));
}

/** What is to come of a mix of `count` requests. */
export function expectedOf(count: number): Partial<Record<Outcome, number>> {
  const outcomes = Array.from({ length: count }, (_, index): Outcome => {
    const kind = KINDS[index % KINDS.length];
    return kind === 'whole' || kind === 'stream' ? 'right' : kind === 'abort' ? 'aborted' : 'refused';
  });
  return countOf(outcomes);
}
