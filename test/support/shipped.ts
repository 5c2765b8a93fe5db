import fs from 'node:fs';
import path from 'node:path';
import { parseList } from '../../src/catalog/list';
import { pairOf } from '../../src/catalog/pairing';
import { catalogueOf, resolveList, type TargetSpec } from '../../src/catalog/resolve';
import type { PairSpec } from '../../src/catalog/spec';

/** The models that come with the page, as they lie in this folder. */
export const SHIPPED = path.resolve(import.meta.dirname, '../../public/models');
export const SHIPPED_URL = 'http://localhost/models/';

/** Their list, as JSON has it. */
export const shippedDocument = () => JSON.parse(fs.readFileSync(path.join(SHIPPED, 'manifest.json'), 'utf8'));

/** What it offers without WebGPU, served at `SHIPPED_URL`. */
export function shippedTarget(): TargetSpec {
  const list = resolveList(parseList(shippedDocument()), `${SHIPPED_URL}manifest.json`, new Set());
  const [target] = catalogueOf([list]).targets;
  if (!target) throw new Error('the list has no target');
  return target;
}

export function shippedPair(draft: string | null): PairSpec {
  return pairOf(shippedTarget(), draft);
}
