/** Answers requests of OpenAI's API, whatever carries them: a service worker's messages, a server's sockets. */
import { toFailure } from '../core/failure';
import type { RunEvent, RunSettings } from '../core/types';
import { ApiError, apiErrorOf } from './apiError';
import { type AnswerHead, chunksOf, completionOf, usageChunk } from './chatAnswer';
import { type ChatDefaults, type ChatRequest, readChatRequest } from './chatRequest';
import type { Conversation } from './messages';
import { API_PATHS, MOST_BODY } from './paths';

export interface ApiRequest {
  readonly method: string;
  /** From `/v1` on. */
  readonly path: string;
  /** As it was sent. */
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly type: 'application/json' | 'text/event-stream';
  /** Pieces as they come. */
  readonly body: AsyncIterable<string>;
}

/** What answers: models, one of which runs at a time. */
export interface ApiEngine {
  /** Ids of the models that a request may name, the one that runs first. Some may be other names of it. */
  models(): Promise<readonly string[]>;
  /** Of a request that does not say. */
  defaults(): ChatDefaults;
  /** Waits for its turn, then runs; leaving early or aborting `signal` gives the turn up. @throws FailureError before a run has begun */
  run(conversation: Conversation, settings: RunSettings, signal: AbortSignal): AsyncIterable<RunEvent>;
  /** Seconds since 1970. */
  now(): number;
  /** Differs from call to call. */
  randomId(): string;
}

/** @returns an answer for everything, errors too; its body ends early where `signal` aborts */
export async function respond(request: ApiRequest, engine: ApiEngine, signal: AbortSignal): Promise<ApiResponse> {
  try {
    return await answer(request, engine, signal);
  } catch (thrown) {
    const { status, body } = asApiError(thrown);
    return json(status, body);
  }
}

async function answer({ method, path, body }: ApiRequest, engine: ApiEngine, signal: AbortSignal): Promise<ApiResponse> {
  const wanted = path === '/v1/models' ? 'GET' : 'POST';
  if (!API_PATHS.some((each) => each === path))
    throw new ApiError(404, 'not_found', `There is no ${path} here. There are ${API_PATHS.join(' and ')}.`);
  if (method !== wanted) throw new ApiError(405, 'method_not_allowed', `${path} takes ${wanted}, not ${method}.`);
  const models = await engine.models();
  if (path === '/v1/models')
    return json(200, { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'foretoken' })) });
  if (body.length > MOST_BODY)
    throw new ApiError(413, 'request_too_large', `The body has more than ${MOST_BODY} characters. Send a shorter conversation.`);
  const chat = readChatRequest(parse(body), engine.defaults());
  const [first] = models;
  if (first === undefined) throw new ApiError(503, 'no_model', 'No model is chosen yet. Try again when the page has read its lists.');
  if (chat.model !== null && !models.includes(chat.model)) {
    throw new ApiError(404, 'model_not_found', `There is no model "${chat.model}" here. Ask for one of: ${models.join(', ')}.`, 'model');
  }
  const head = { id: `chatcmpl-${engine.randomId()}`, created: engine.now(), model: chat.model ?? first };
  return chat.stream ? stream(chat, head, engine, signal) : whole(chat, head, engine, signal);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 'invalid_json', 'The body is no JSON. Send { "messages": [ … ] }.');
  }
}

async function whole(chat: ChatRequest, head: AnswerHead, engine: ApiEngine, signal: AbortSignal): Promise<ApiResponse> {
  const runs: RunEvent[][] = [];
  for (let index = 0; index < chat.answers; index++) {
    const events: RunEvent[] = [];
    for await (const event of engine.run(chat, settingsOf(chat, index), signal)) events.push(event);
    runs.push(events);
    if (wasStopped(events)) break;
  }
  return json(200, completionOf(runs, chat, head));
}

async function stream(chat: ChatRequest, head: AnswerHead, engine: ApiEngine, signal: AbortSignal): Promise<ApiResponse> {
  const chunks = allChunks(chat, head, engine, signal);
  // What is wrong before the first chunk has a status of its own.
  const first = await chunks.next();
  return { status: 200, type: 'text/event-stream', body: serverSentEvents(first, chunks) };
}

async function* allChunks(chat: ChatRequest, head: AnswerHead, engine: ApiEngine, signal: AbortSignal): AsyncGenerator<object, void> {
  const runs: (readonly RunEvent[])[] = [];
  for (let index = 0; index < chat.answers; index++) {
    yield* chunksOf(engine.run(chat, settingsOf(chat, index), signal), chat, head, index, (events) => runs.push(events));
    if (wasStopped(runs[index])) break;
  }
  if (chat.streamUsage) yield usageChunk(head, runs);
}

async function* serverSentEvents(first: IteratorResult<object, void>, rest: AsyncGenerator<object, void>): AsyncGenerator<string, void> {
  const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
  try {
    if (!first.done) yield event(first.value);
    for await (const chunk of rest) yield event(chunk);
    yield 'data: [DONE]\n\n';
  } catch (thrown) {
    yield event(asApiError(thrown).body);
  } finally {
    await rest.return();
  }
}

/** Whether a person, or the client, has ended it: then no further answer is wanted. */
function wasStopped(events: readonly RunEvent[] = []): boolean {
  const end = events.at(-1);
  return end?.type === 'end' && end.reason === 'aborted';
}

/** Each answer of a request is a draw of its own. */
function settingsOf({ settings }: ChatRequest, index: number): RunSettings {
  return index === 0 ? settings : { ...settings, sampling: { ...settings.sampling, seed: BigInt(settings.sampling.seed) + BigInt(index) } };
}

function asApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : apiErrorOf(toFailure(thrown));
}

function json(status: number, value: object): ApiResponse {
  return {
    status,
    type: 'application/json',
    body: (async function* () {
      yield JSON.stringify(value);
    })(),
  };
}
