/** tensor-cache.json (ndarray-cache.json in older folders): which tensors lie where in the files of a model, as TVM writes them (tvm.contrib.tvmjs). */
import * as v from 'valibot';
import { misfitOf } from '../misfit';
import { invalid } from './refusals';

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const Cache = v.looseObject({
  records: v.array(
    v.looseObject({
      dataPath: v.string(),
      nbytes: size,
      records: v.array(
        v.looseObject({ name: v.string(), shape: v.array(size), dtype: v.string(), format: v.string(), nbytes: size, byteOffset: size }),
      ),
    }),
  ),
});

/** How numbers are stored: `bf16` is a float32 of which the upper half is kept. */
export type Stored = 'u32' | 'f16' | 'bf16' | 'f32';

export interface MlcTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stored: Stored;
  /** Of the file that it lies in, below the model's folder. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

const FORMATS: readonly string[] = ['raw', 'f32-to-bf16'];
export const WIDTH: Readonly<Record<Stored, number>> = { u32: 4, f16: 2, bf16: 2, f32: 4 };

/** The tensors by name. @param cache the content of tensor-cache.json @throws FailureError manifest-invalid where it is no such file or contradicts itself */
export function readTensors(cache: unknown): ReadonlyMap<string, MlcTensor> {
  const read = v.safeParse(Cache, cache);
  if (!read.success) throw invalid(`tensor-cache.json: ${misfitOf(read.issues[0])}`);
  const tensors = read.output.records.flatMap(({ dataPath, nbytes: all, records }) => {
    return records.map(({ name, shape, dtype, format, nbytes: bytes, byteOffset: offset }): MlcTensor => {
      const stored = storedAs(dtype, format);
      if (!stored) throw invalid(`its tensor "${name}" is of type ${dtype} in ${format}`);
      const wanted = shape.reduce((product, side) => product * side, 1) * WIDTH[stored];
      if (bytes !== wanted || offset + bytes > all)
        throw invalid(`its tensor "${name}" has ${bytes} bytes, not ${wanted} within ${dataPath}`);
      return { name, shape, stored, file: dataPath, offset, bytes };
    });
  });
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

/** Tensors of other types than float32 are stored as they are, whatever the format says. */
function storedAs(dtype: string, format: string): Stored | null {
  if (!FORMATS.includes(format)) return null;
  if (dtype === 'float32') return format === 'raw' ? 'f32' : 'bf16';
  return dtype === 'float16' ? 'f16' : dtype === 'uint32' ? 'u32' : null;
}
