/** Chat completions as objects: what the library gives, and what `respond` writes as JSON. */
import { Answers } from './answers';
import type { ApiEngine } from './apiEngine';
import type { ChatRequest } from './chatRequest';
import { logprobsOf } from './logprobs';
import type { ChatChoice, ChatChunkChoice, ChatCompletion, ChatCompletionChunk } from './shapes';

/** The whole answer to `request`. @throws ApiError where it cannot be given */
export async function completeChat(request: ChatRequest, engine: ApiEngine, signal: AbortSignal): Promise<ChatCompletion> {
  const answers = await Answers.to(request, 'chatcmpl', engine);
  const { topLogprobs: most } = request;
  const choices = (await answers.whole([request.conversation], request, signal)).map(
    ({ text, tokens, finish }, index): ChatChoice => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: most === null ? null : { content: logprobsOf(tokens, most), refusal: null },
      finish_reason: finish,
    }),
  );
  return { ...answers.head, object: 'chat.completion', choices, usage: answers.usage() };
}

/**
 * The answer to `request` while it comes, a round at a time. Leaving early ends the run.
 *
 * @throws ApiError where it cannot be given; what fails on its way is thrown by the generator
 */
export async function streamChat(
  request: ChatRequest,
  engine: ApiEngine,
  signal: AbortSignal,
): Promise<AsyncGenerator<ChatCompletionChunk, void>> {
  return chunksOf(await Answers.to(request, 'chatcmpl', engine), request, signal);
}

async function* chunksOf(answers: Answers, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatCompletionChunk, void> {
  const chunk = (choices: readonly ChatChunkChoice[]): ChatCompletionChunk => ({
    ...{ ...answers.head, object: 'chat.completion.chunk', choices },
    ...(request.streamUsage ? { usage: null } : {}),
  });
  for await (const { index, type, text, tokens, finish } of answers.pieces([request.conversation], request, signal)) {
    const logprobs = request.topLogprobs === null || tokens.length === 0 ? null : { content: logprobsOf(tokens, request.topLogprobs) };
    const delta = type === 'begin' ? { role: 'assistant' as const, content: text } : type === 'end' ? {} : { content: text };
    yield chunk([{ index, delta, logprobs, finish_reason: finish }]);
  }
  if (request.streamUsage) yield { ...chunk([]), usage: answers.usage() };
}
