import type { ModelSpec, PairSpec } from '../catalog/spec';
import type { FailureError } from '../core/failure';
import type { Tokenizer } from '../core/loop/person';
import type { DraftModel, PairMemory, Target, TokenId } from '../core/types';
import type { BackendChoice } from '../formats/settings';
import type { ComputedBy, LoadProgress, Turn } from './tasks';

/** A model's text side. */
export interface ModelText extends Tokenizer {
  readonly stopTokens: ReadonlySet<TokenId>;
  /** Text that ends an answer as well, as the model's chat template has it. */
  readonly stopStrings: readonly string[];
  /** The ids of a question after earlier turns, in the model's chat template, up to where its answer begins. @param system message; the template's own where it is empty */
  encodeChat(question: string, turns: readonly Turn[], system?: string): TokenId[];
}

/** A target that is ready, and its draft where it has one, wherever they run. */
export interface ReadyPair {
  /** What they run on, for display and export. */
  readonly adapter: string;
  /** Which of several can run pairs runs this one, and why; absent where there was one only. */
  readonly computedBy?: Pick<ComputedBy, 'backend' | 'because'>;
  readonly spec: PairSpec;
  readonly target: { readonly side: Target; readonly text: ModelText };
  /** null where no model drafts. */
  readonly draft: DraftModel | null;
  /**
   * Milliseconds of one bare readback, with nothing to wait for; null if the clock is too coarse to tell.
   *
   * @param clock milliseconds, never going back, in steps of `stepMs` at least
   */
  measureReadback(clock: () => number, stepMs: number): Promise<number | null>;
  /** What it takes on the GPU now; null if it runs on none. */
  memory(): PairMemory | null;
  /** Calls `failed` once when what they run on fails. @returns a function that ends it */
  watch(failed: (failure: FailureError) => void): () => void;
  /** The cause of an error of one of the models. */
  firstCause(error: unknown): Promise<unknown>;
}

/** What a task wants of what computes it. */
export interface Wanted {
  /** The loader's own default where it is absent. */
  readonly backend?: BackendChoice | undefined;
  /** Whether nothing drafts in it, so that it belongs where the pair that drafts is: the two are compared. */
  readonly plain?: boolean;
}

/** Makes pairs ready, one after the other. */
export interface PairLoader {
  /**
   * The pair of `spec`, keeping of what is loaded all that still fits; a draft too that `spec` does not ask for.
   *
   * @param wanted what computes, where there is a choice
   * @throws FailureError, or the signal's reason
   */
  ready(spec: PairSpec, report: (progress: LoadProgress) => void, signal: AbortSignal, wanted?: Wanted): Promise<ReadyPair>;
  /** Unloads `model` wherever it is loaded. */
  release(model: ModelSpec): Promise<void>;
  /** Unloads everything, and frees what it ran on. */
  unload(): Promise<void>;
}
