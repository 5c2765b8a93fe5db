/**
 * Format 1 called an n-gram draft a lookup. Everything else is as format 2 has it, so reading a document of format 1 renames these and leaves
 * the rest, right or wrong, to the checks of format 2.
 */

/** `document`, of format 1, as format 2 would have written it. */
export function fromFormat1(document: unknown): unknown {
  if (!isRecord(document)) return document;
  const { events, columns } = document;
  return {
    ...document,
    version: 2,
    ...(Array.isArray(events) && { events: events.map(event) }),
    ...(isRecord(columns) && { columns: inColumns(columns) }),
  };
}

function event(value: unknown): unknown {
  if (!isRecord(value)) return value;
  if (value.type === 'start') return start(value);
  if (value.type !== 'round') return value;
  return { ...value, limits: limits(value.limits), source: value.source === 'lookup' ? 'ngram' : value.source };
}

function inColumns({ lookupLimits, sources, start: before, ...columns }: Fields): Fields {
  return {
    ...columns,
    start: isRecord(before) ? start(before) : before,
    ngramLimits: lookupLimits,
    sources: typeof sources === 'string' ? sources.replaceAll('l', 'n') : sources,
  };
}

/** A start's draft length may be a list of limits, and its draft may be named by how it was looked up. */
function start(value: Fields): Fields {
  const { settings, labels } = value;
  return {
    ...value,
    settings: isRecord(settings) && Array.isArray(settings.gamma) ? { ...settings, gamma: settings.gamma.map(limits) } : settings,
    labels: isRecord(labels) && typeof labels.draft === 'string' ? { ...labels, draft: drafterToday(labels.draft) } : labels,
  };
}

/** What drafted, as runs name it today. */
export function drafterToday(name: string): string {
  return name.replace(/^n-gram lookup/, 'n-gram');
}

function limits(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { lookup, ...others } = value;
  return { ...others, ngram: lookup };
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
