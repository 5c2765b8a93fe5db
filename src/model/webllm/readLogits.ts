import type { ModelPipeline } from './pipeline';

/** Logits of one forward over `ids`, read back: [ids.length][vocabulary], or only the last row. */
export async function readLogits(model: ModelPipeline, ids: readonly number[], want: 'last-row' | 'all-rows'): Promise<Float32Array[]> {
  const rows = want === 'all-rows' ? ids.length : 1;
  const size = rows * model.vocabularySize * 4;
  const staging = model.device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  model.write(ids);
  model.scoped(() => {
    const buffer = model.forward(ids.length, want);
    model.encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
  });
  model.flush();
  await staging.mapAsync(GPUMapMode.READ);
  const all = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return Array.from({ length: rows }, (_, row) => all.slice(row * model.vocabularySize, (row + 1) * model.vocabularySize));
}
