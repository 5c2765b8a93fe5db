/** Answers requests of OpenAI's API, whatever carries them: a service worker's messages, a server's sockets. */

import type { ApiEngine, ApiModel } from './apiEngine';
import { ApiError, asApiError } from './apiError';
import { completeChat, streamChat } from './chat';
import { readChatRequest } from './chatRequest';
import { completeText, streamText } from './completion';
import { readCompletionRequest } from './completionRequest';
import { checkPath, MODEL_PATH, MOST_BODY } from './paths';

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
  /** Pieces as they come; returning it before its end gives the models back, even if nothing of it was read. */
  readonly body: AsyncGenerator<string, void>;
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
  if (path === '/v1/chat/completions') {
    const chat = readChatRequest(posted(method, path, body), engine.defaults());
    return chat.stream ? streamed(await streamChat(chat, engine, signal)) : json(200, await completeChat(chat, engine, signal));
  }
  if (path === '/v1/completions') {
    const asked = readCompletionRequest(posted(method, path, body), engine.defaults());
    return asked.stream ? streamed(await streamText(asked, engine, signal)) : json(200, await completeText(asked, engine, signal));
  }
  checkPath(path);
  checkMethod(method, 'GET', path);
  const models = (await engine.models()).map(modelShape);
  if (path === '/v1/models') return json(200, { object: 'list', data: models });
  const id = path.slice(MODEL_PATH.length);
  const model = models.find((each) => [each.id, encodeURIComponent(each.id)].includes(id));
  if (model) return json(200, model);
  throw new ApiError(404, 'model_not_found', `There is no model "${id}" here. GET /v1/models lists those that there are.`, 'model');
}

/** As OpenAI lists it; the length of its context under vLLM's name. */
function modelShape({ id, contextLength }: ApiModel) {
  return { id, object: 'model', created: 0, owned_by: 'foretoken', max_model_len: contextLength };
}

/** @throws ApiError 405, 413, 400 */
function posted(method: string, path: string, body: string): unknown {
  checkMethod(method, 'POST', path);
  if (body.length > MOST_BODY)
    throw new ApiError(413, 'request_too_large', `The body has more than ${MOST_BODY} characters. Send a shorter conversation.`);
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 'invalid_json', 'The body is no JSON. Send an object, as { "messages": [ … ] }.');
  }
}

function checkMethod(method: string, wanted: string, path: string): void {
  if (method !== wanted) throw new ApiError(405, 'method_not_allowed', `${path} takes ${wanted}, not ${method}.`);
}

async function streamed(chunks: AsyncGenerator<object, void>): Promise<ApiResponse> {
  // What is wrong before the first chunk has a status of its own.
  const first = await chunks.next();
  const body = serverSentEvents(first, chunks);
  // A generator that has not begun would end nothing where nobody reads it.
  await body.next();
  return { status: 200, type: 'text/event-stream', body };
}

async function* serverSentEvents(first: IteratorResult<object, void>, rest: AsyncGenerator<object, void>): AsyncGenerator<string, void> {
  const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
  try {
    yield '';
    if (!first.done) yield event(first.value);
    for await (const chunk of rest) yield event(chunk);
    yield 'data: [DONE]\n\n';
  } catch (thrown) {
    yield event(asApiError(thrown).body);
  } finally {
    await rest.return();
  }
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
