import type { Metadata } from './header';
import { invalid, quoted } from './refusals';

/** What a file says under names, read as what it has to be. Each throws FailureError gguf-invalid, naming what is missing or wrong. */
export class Facts {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  has(key: string): boolean {
    return this.#metadata.has(key);
  }

  string(key: string): string {
    const value = this.#metadata.get(key);
    if (typeof value !== 'string') throw this.#wrong(key, 'a text');
    return value;
  }

  /** A whole number from 1 on. */
  size(key: string, otherwise?: number): number {
    const value = this.#metadata.get(key) ?? otherwise;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw this.#wrong(key, 'a number from 1 on');
    return value;
  }

  /** A positive number that the file has as a float32, with no more digits than make that. */
  real(key: string, otherwise?: number): number {
    const value = this.#metadata.get(key) ?? otherwise;
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) throw this.#wrong(key, 'a positive number');
    for (let digits = 1; digits < 10; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === Math.fround(value)) return short;
    }
    return value;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.#metadata.get(key) ?? otherwise;
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  strings(key: string): readonly string[] {
    const value = this.#metadata.get(key);
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw this.#wrong(key, 'a list of texts');
    return value;
  }

  numbers(key: string): Float64Array {
    const value = this.#metadata.get(key);
    if (!(value instanceof Float64Array)) throw this.#wrong(key, 'a list of numbers');
    return value;
  }

  /** An id below `vocabulary`; undefined where the file has none, or has -1 in its place. */
  token(key: string, vocabulary: number): number | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined || value === -1 || value === 0xffffffff) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= vocabulary) {
      throw invalid(`its ${quoted(key)} is no token of its ${vocabulary}`);
    }
    return value;
  }

  #wrong(key: string, wanted: string) {
    return invalid(this.has(key) ? `its ${quoted(key)} is not ${wanted}` : `it has no ${quoted(key)}`);
  }
}
