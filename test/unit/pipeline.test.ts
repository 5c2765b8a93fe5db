import type { MLCEngine } from '@mlc-ai/web-llm';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { ModelPipeline } from '../../src/model/webllm/pipeline';

/** What `ModelPipeline` says of a web-llm whose loaded model is `loaded`. */
function failureOn(engine: object) {
  try {
    new ModelPipeline(engine as MLCEngine, { id: 'model', vocabulary: { tokens: 8, logits: 8 }, stopTokens: null, rollsBack: true });
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
  return null;
}

describe('another version of web-llm', () => {
  it('is refused with the name of what it lacks', () => {
    expect(failureOn({})).toMatchObject({
      code: 'library-incompatible',
      message: 'This model cannot be driven: web-llm no longer has "loadedModelIdToPipeline".',
      hint: expect.stringContaining('the web-llm version that this page was built with'),
    });
    expect(failureOn({ loadedModelIdToPipeline: new Map() })).toMatchObject({ code: 'library-incompatible' });
    const withoutVm = { loadedModelIdToPipeline: new Map([['model', { tvm: {} }]]) };
    expect(failureOn(withoutVm)).toMatchObject({ message: 'This model cannot be driven: web-llm no longer has "vm".' });
  });
});
