/** Answers as OpenAI's API reference has them, with what web-llm, vLLM and this engine add to the usage. */

/** What all parts of an answer carry. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As the request named it. */
  readonly model: string;
}

/** `abort`: a person, or the program, stopped it. */
export type FinishReason = 'stop' | 'length' | 'abort';

export interface ChatCompletion extends AnswerHead {
  readonly object: 'chat.completion';
  readonly choices: readonly ChatChoice[];
  readonly usage: Usage;
}

export interface ChatChoice {
  readonly index: number;
  readonly message: { readonly role: 'assistant'; readonly content: string; readonly refusal: null };
  readonly logprobs: { readonly content: readonly TokenLogprob[]; readonly refusal: null } | null;
  readonly finish_reason: FinishReason;
}

/** What one round added; the first of a choice has its role, the last its reason to end. */
export interface ChatCompletionChunk extends AnswerHead {
  readonly object: 'chat.completion.chunk';
  /** Empty in the chunk that holds the usage. */
  readonly choices: readonly ChatChunkChoice[];
  /** In the last chunk, where it was asked for; null in the others then. */
  readonly usage?: Usage | null;
}

export interface ChatChunkChoice {
  readonly index: number;
  readonly delta: { readonly role?: 'assistant'; readonly content?: string };
  readonly logprobs: { readonly content: readonly TokenLogprob[] } | null;
  readonly finish_reason: FinishReason | null;
}

/** The whole answer of a text completion, or what one round added to it. */
export interface Completion extends AnswerHead {
  readonly object: 'text_completion';
  readonly choices: readonly CompletionChoice[];
  readonly usage?: Usage | null;
}

export interface CompletionChoice {
  readonly index: number;
  readonly text: string;
  readonly logprobs: TextLogprobs | { readonly content: readonly TokenLogprob[] } | null;
  /** null while it goes on. */
  readonly finish_reason: FinishReason | null;
}

/** The target's own natural logarithm of a probability; -9999 stands for that of 0. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8; null for a part of a character, as a likely token may be. */
  readonly bytes: readonly number[] | null;
  readonly top_logprobs: readonly Omit<TokenLogprob, 'top_logprobs'>[];
}

/** The same as OpenAI's text completions have it: lists of one entry a token. */
export interface TextLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly number[];
  readonly top_logprobs: readonly Readonly<Record<string, number>>[] | null;
  /** Where each token begins in the choice's text, in UTF-16 units. */
  readonly text_offset: readonly number[];
}

export interface Usage {
  /** Of each prompt once, however many answers there are. */
  readonly prompt_tokens: number;
  /** Without the stop tokens that ended answers. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  /** OpenAI's predictions are drafts here: those in the answer, and those that are not, whether the target refused them or never judged them. */
  readonly completion_tokens_details: { readonly accepted_prediction_tokens: number; readonly rejected_prediction_tokens: number };
  readonly extra: UsageExtra;
}

/** web-llm's figures, and those of speculation under vLLM's names where it has them. Figures of no tokens, or of times too short to tell, are 0, as web-llm's. */
export interface UsageExtra {
  /** From the request to its answer. */
  readonly e2e_latency_s: number;
  readonly prefill_tokens_per_s: number;
  readonly decode_tokens_per_s: number;
  /** From the start of a run to the end of its first round; the sum over all answers. */
  readonly time_to_first_token_s: number;
  readonly time_per_output_token_s: number;
  /** Rounds with a draft. */
  readonly num_drafts: number;
  readonly num_draft_tokens: number;
  readonly num_accepted_tokens: number;
  /** Accepted drafts by their position in a draft, the first first. */
  readonly num_accepted_tokens_per_pos: readonly number[];
  /** Drafts that were verified, and plain tokens, one by one or several that were read back together. */
  readonly rounds: number;
  /** Passes of the target: one a round, except that plain tokens that were read back together had one each. */
  readonly target_passes: number;
  /** Tokens that a pass of the target adds to the text, the target's own included. */
  readonly mean_acceptance_length: number;
  /** Why drafts that were asked for were not made; absent where they were, and where none were asked for. */
  readonly plain_because?: string;
}
