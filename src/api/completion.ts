/** Text completions as objects: what the library gives, and what `respond` writes as JSON. */

import { Answers } from './answers';
import type { PlacedToken } from './answerText';
import type { ApiEngine, RunInput } from './apiEngine';
import type { CompletionRequest } from './completionRequest';
import { logprobsOf, textLogprobsOf } from './logprobs';
import type { Completion, CompletionChoice } from './shapes';

/** The whole answer to `request`. @throws ApiError where it cannot be given */
export async function completeText(request: CompletionRequest, engine: ApiEngine, signal: AbortSignal): Promise<Completion> {
  const answers = await Answers.to(request, 'cmpl', engine);
  const choices = (await answers.whole(inputsOf(request), request, signal)).map(
    ({ text, tokens, finish }, index): CompletionChoice => ({
      ...{ index, text: echoOf(request, index) + text, finish_reason: finish },
      logprobs: logprobsFor(request, tokens),
    }),
  );
  return { ...answers.head, object: 'text_completion', choices, usage: answers.usage() };
}

/**
 * The answer to `request` while it comes, a round at a time. Leaving early ends the run.
 *
 * @throws ApiError where it cannot be given; what fails on its way is thrown by the generator
 */
export async function streamText(
  request: CompletionRequest,
  engine: ApiEngine,
  signal: AbortSignal,
): Promise<AsyncGenerator<Completion, void>> {
  return chunksOf(await Answers.to(request, 'cmpl', engine), request, signal);
}

async function* chunksOf(answers: Answers, request: CompletionRequest, signal: AbortSignal): AsyncGenerator<Completion, void> {
  const chunk = (choices: readonly CompletionChoice[]): Completion => ({
    ...{ ...answers.head, object: 'text_completion', choices },
    ...(request.streamUsage ? { usage: null } : {}),
  });
  for await (const { index, type, text, tokens, finish } of answers.pieces(inputsOf(request), request, signal)) {
    const begun = type === 'begin' ? echoOf(request, index) : text;
    const logprobs = tokens.length === 0 ? null : logprobsFor(request, tokens);
    if (type !== 'begin' || begun !== '') yield chunk([{ index, text: begun, logprobs, finish_reason: finish }]);
  }
  if (request.streamUsage) yield { ...chunk([]), usage: answers.usage() };
}

function inputsOf({ prompts }: CompletionRequest): RunInput[] {
  return prompts.map((prompt) => ({ prompt, turns: [], raw: true }));
}

/** What stands before answer `index`. */
function echoOf({ echo, prompts, answers }: CompletionRequest, index: number): string {
  return echo ? (prompts[Math.floor(index / answers)] ?? '') : '';
}

function logprobsFor({ topLogprobs, logprobsShape }: CompletionRequest, tokens: readonly PlacedToken[]): CompletionChoice['logprobs'] {
  if (topLogprobs === null) return null;
  return logprobsShape === 'text' ? textLogprobsOf(tokens, topLogprobs) : { content: logprobsOf(tokens, topLogprobs) };
}
