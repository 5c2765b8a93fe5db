import type { CachedModel, RunSettings, StopSignal, TokenId } from '../../core/types';
import type { ModelPipeline } from './pipeline';
import type { Sampler } from './sampler';

/** One model of web-llm's, as the loop keeps it. */
export abstract class PipelineModel implements CachedModel {
  protected readonly pipeline: ModelPipeline;
  /** The pair's. */
  protected readonly sampler: Sampler;

  constructor(pipeline: ModelPipeline, sampler: Sampler) {
    this.pipeline = pipeline;
    this.sampler = sampler;
  }

  get capabilities() {
    const { vocabularySize, contextLength, passLength, rollsBack, exactRows, rowsAtOnce } = this.pipeline;
    return { vocabularySize, contextLength, passLength, rollsBack, exactRows, rowsAtOnce };
  }

  get cachedLength(): number {
    return this.pipeline.cachedLength;
  }

  prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
    return this.pipeline.fill(tokens, signal);
  }

  begin(settings: RunSettings, promptLength: number): Promise<void> {
    return this.sampler.begin(settings, promptLength, this.pipeline.vocabularySize);
  }

  truncate(length: number): void {
    this.pipeline.truncate(length);
  }
}
