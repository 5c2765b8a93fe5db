/** The kernels that choose tokens from logits, at vocabularies of any size. */
import { GREEDY_ROW_BYTES, GreedyKernel } from '../../src/gpu/kernels/greedy/greedy';
import { RANKED_ROW_BYTES, RankingKernel } from '../../src/gpu/kernels/ranking/ranking';
import { SAMPLING_ROW_BYTES, SamplingKernel, type ShapeSettings } from '../../src/gpu/kernels/sampling/sampling';

const PLAIN: ShapeSettings = {
  temperature: 0.8,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  seed: 1,
  rule: 'rejection',
};
const SAMPLED: Readonly<Record<string, Partial<ShapeSettings>>> = {
  rejection: {},
  coupled: { rule: 'coupled' },
  'top-p 0.9': { topP: 0.9 },
  'top-k 40 and top-p 0.9': { topK: 40, topP: 0.9 },
};

/** As a model's logits are spread: about normal, deviation 2.5, a few far above the others. */
function someLogits(size: number, vocabulary: number): Float32Array<ArrayBuffer> {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const logits = Float32Array.from({ length: size }, () => (next() + next() + next() + next() - 2) * 4.3);
  for (let row = 0; row * vocabulary < size; row++) {
    for (let k = 0; k < 8; k++) logits[row * vocabulary + Math.floor(next() * vocabulary)] = 20 - k / 2;
  }
  return logits;
}

/** Kernel -> what submits it `times` times, each for `rows` rows of `vocabulary` logits as of a verification of `rows` - 1 drafts. */
export async function choosers(device: GPUDevice, vocabulary: number, rows: number) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const room = (size: number) => device.createBuffer({ size: Math.max(16, size), usage });
  const logits = room(4 * rows * vocabulary);
  device.queue.writeBuffer(logits, 0, someLogits(rows * vocabulary, vocabulary));
  const [sequence, next, p, q, ranked] = [rows + 1, 1, rows * vocabulary, rows * vocabulary, (rows * RANKED_ROW_BYTES) / 4].map((n) =>
    room(4 * n),
  ) as [GPUBuffer, GPUBuffer, GPUBuffer, GPUBuffer, GPUBuffer];
  const verdicts = room(rows * Math.max(GREEDY_ROW_BYTES, SAMPLING_ROW_BYTES));
  const chosen = room(rows * GREEDY_ROW_BYTES);
  const [greedy, ranking, sampling] = [
    await GreedyKernel.create(device),
    await RankingKernel.create(device),
    await SamplingKernel.create(device),
  ];
  const encoded = (encode: (encoder: GPUCommandEncoder) => void, before: () => void = () => {}) => {
    return (times: number) => {
      before();
      const encoder = device.createCommandEncoder();
      for (let i = 0; i < times; i++) encode(encoder);
      device.queue.submit([encoder.finish()]);
    };
  };
  const configured = (settings: Partial<ShapeSettings>) => () => {
    sampling.configure({ ...PLAIN, ...settings });
    sampling.begin(100);
  };
  const greedyBuffers = { logits, sequence, next, rows: chosen };
  const works: Record<string, (times: number) => void> = {
    'greedy verify': encoded((encoder) => greedy.verify(encoder, greedyBuffers, vocabulary, rows - 1)),
    ranking: encoded((encoder) => ranking.rank(encoder, { logits, rows: chosen, count: rows }, null, ranked, vocabulary)),
  };
  if (rows === 1) works['greedy draft'] = encoded((encoder) => greedy.draft(encoder, greedyBuffers, vocabulary, 0));
  for (const [name, settings] of Object.entries(SAMPLED)) {
    if (rows === 1) {
      works[`draft, ${name}`] = encoded(
        (encoder) => sampling.draft(encoder, { logits, sequence, next, q }, vocabulary, 0),
        configured(settings),
      );
    }
    works[`judge, ${name}`] = encoded(
      (encoder) => sampling.judge(encoder, { logits, sequence, p, rows: verdicts, ...(rows > 1 && { q }) }, vocabulary, rows - 1),
      configured(settings),
    );
  }
  return {
    works,
    dispose() {
      for (const buffer of [logits, sequence, next, p, q, ranked, verdicts, chosen]) buffer.destroy();
      for (const kernel of [greedy, ranking, sampling]) kernel.dispose();
    },
  };
}
