/** web-llm's list of published models, what of it runs on this device, and where its files are fetched from. */
import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { idOfHubModel } from '../../catalog/hubModels';
import { mirrorBase, mirrored } from '../../catalog/mirror';
import {
  type Prebuilt,
  type PrebuiltModel,
  type PrebuiltRecord,
  type PrebuiltVersion,
  prebuiltModels,
  versionFor,
} from '../../catalog/prebuilt';
import type { ModelSpec } from '../../catalog/spec';
import { type Failure, toFailure } from '../../core/failure';
import { BROWSER_PORTS, type DeviceLimits } from '../../engine/ownPorts';
import { sendTask } from '../engine/connection';
import { followOtherTabs, rememberedStorage } from '../page/remembered';

export interface PublishedState {
  /** null until the list was read. */
  readonly list: Prebuilt | null;
  readonly failure: Failure | null;
  /** What models run on here; null without WebGPU, and until it was asked. */
  readonly device: DeviceLimits | null;
  /** Whether it was asked. */
  readonly deviceKnown: boolean;
}

export const usePublished = create<PublishedState>()(() => ({ list: null, failure: null, device: null, deviceKnown: false }));

export interface MirrorState {
  /** Base address of the host that stands in for the hubs; null: the hubs. */
  readonly mirror: string | null;
}

const StoredMirror = v.object({ mirror: v.nullable(v.string()) });

export const useMirror = create<MirrorState>()(
  persist((): MirrorState => ({ mirror: null }), {
    name: 'foretoken.mirror',
    version: 1,
    storage: rememberedStorage(1),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredMirror, stored);
      return parsed.success ? { mirror: parsed.output.mirror && mirrorBase(parsed.output.mirror) } : current;
    },
  }),
);
followOtherTabs(useMirror);

/** Takes published models from the mirror at `address` from now on; from the hubs where it is empty. @returns why not, or null */
export function setMirror(address: string): Failure | null {
  const text = address.trim();
  const mirror = text === '' ? null : mirrorBase(text);
  if (text !== '' && mirror === null) {
    return {
      code: 'address-unknown',
      message: `"${text}" is no address of the web.`,
      hint: 'Write it whole, as https://example.org/models/.',
    };
  }
  useMirror.setState({ mirror });
  return null;
}

let reading: Promise<void> | null = null;

/** Reads the list, which comes with the page and needs no network, and looks at the device. Failures land in the state. */
export function readPublished(): Promise<void> {
  reading ??= read().finally(() => {
    reading = null;
  });
  return reading;
}

async function read(): Promise<void> {
  usePublished.setState({ failure: null });
  const { list } = usePublished.getState();
  try {
    usePublished.setState({ device: await BROWSER_PORTS.device(), deviceKnown: true });
    if (list) return;
    for await (const update of sendTask({ type: 'published' })) {
      if (update.type === 'published') usePublished.setState({ list: prebuiltModels(update.records) });
    }
  } catch (thrown) {
    usePublished.setState({ failure: toFailure(thrown) });
  }
}

/** A published model in the version that is offered to this device: the one that takes least memory, or the first where none runs here. */
export interface Offered {
  readonly model: PrebuiltModel;
  readonly version: PrebuiltVersion;
  /** WebGPU features that this version needs and this device lacks. */
  readonly missing: readonly string[];
}

export function offeredVersion(model: PrebuiltModel, device: DeviceLimits | null): Offered {
  const features = device?.features ?? new Set<string>();
  const version = versionFor(model, features) ?? model.versions[0];
  return { model, version, missing: version.needs.filter((need) => !features.has(need)) };
}

/** The model of `record` under the address from which it is to be fetched. */
export function recordToFetch(record: PrebuiltRecord): PrebuiltRecord {
  const { mirror } = useMirror.getState();
  return mirror !== null && isPublished(record) ? mirrored(record, mirror) : record;
}

/** Whether `record` is one of web-llm's list: others have addresses of their own, and no mirror stands in for those. */
export function isPublished({ model_id: id, model }: PrebuiltRecord, list = usePublished.getState().list): boolean {
  const versions = list?.models.flatMap((each) => each.versions) ?? [];
  return versions.some(({ record, small }) => [record, small].some((each) => each?.model_id === id && each.model === model));
}

/** Tokenizers by their content, by the names of published models: of those that are among `models`. */
export function knownTokenizers(models: readonly ModelSpec[], list = usePublished.getState().list): ReadonlyMap<string, string> {
  const byId = new Map(models.map(({ id, tokenizer }) => [id, tokenizer]));
  const known = list?.models.flatMap(({ name, versions }) => {
    const tokenizer = versions.map(({ record }) => byId.get(idOfHubModel(record.model_id))).find((each) => each);
    return tokenizer ? [[name, tokenizer] as const] : [];
  });
  return new Map(known);
}
