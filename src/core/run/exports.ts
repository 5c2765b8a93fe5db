import { type MeasuredRun, sameVariant } from '../study/experiment';
import { type WorksheetRow, worksheet } from '../study/worksheet';
import type { RunEvent, RunSettings, StartEvent } from '../types';
import { type CsvValue, toCsv } from './csv';
import { deviceOf, draftOf } from './device';
import { endsInDraft, startOf, tally } from './tally';

/** What every export says of where its figures come from. */
export interface Versions {
  /** Of this page. */
  readonly page: string;
  readonly webLlm: string;
  /** Of the models' files, from their hashes; null while the manifest has not been read. */
  readonly models: string | null;
}

/** How a run was decoded, and on what: the mode, the draft, γ, the device. */
export interface Conditions {
  readonly mode: RunSettings['mode'];
  readonly target: string;
  readonly draft: string | null;
  readonly gamma: string | null;
  readonly temperature: number;
  readonly rule: string | null;
  readonly seed: string | null;
  readonly device: string;
}

/** Of one run. γ of a recorded list is named as such; what plain or greedy decoding ignores is null. */
export function conditionsOf(start: StartEvent): Conditions {
  const { settings, labels } = start;
  const { mode, gamma, sampling } = settings;
  const speculative = mode === 'speculative';
  return {
    ...{ mode, target: labels.target, draft: draftOf(start), device: deviceOf(start), temperature: sampling.temperature },
    gamma: speculative ? gammaText(gamma) : null,
    rule: speculative && sampling.temperature > 0 ? sampling.rule : null,
    seed: sampling.temperature > 0 ? String(sampling.seed) : null,
  };
}

function gammaText(gamma: RunSettings['gamma']): string {
  if (gamma === 'auto') return 'adaptive';
  return typeof gamma === 'number' ? String(gamma) : 'recorded';
}

const CONDITION_COLUMNS = ['mode', 'target', 'draft', 'gamma', 'temperature', 'rule', 'seed', 'device'] as const;
const VERSION_COLUMNS = ['page_version', 'web_llm_version', 'models_version'];
const versionCells = ({ page, webLlm, models }: Versions): CsvValue[] => [page, webLlm, models];

/**
 * A run as CSV, a row for every token that was drafted or committed, in order. `position` counts the output from 0 and is empty for what was struck;
 * `past_end` is 1 for drafts after the token that ended the answer, which no ratio counts, and otherwise 0.
 * Times are milliseconds from the start of the run; p, q and u are empty where they do not exist.
 *
 * @throws RangeError where `events` have no start
 */
export function runCsv(events: readonly RunEvent[], versions: Versions): string {
  const start = startOf(events);
  if (!start) throw new RangeError('the run has no start');
  const conditions = conditionsOf(start);
  const about = [...CONDITION_COLUMNS.map((name) => conditions[name]), ...versionCells(versions)];
  let position = 0;
  const rows = events.flatMap((event) =>
    event.type !== 'round'
      ? []
      : event.tokens.map(({ id, text, verdict, p, q, u }): CsvValue[] => {
          const struck = verdict === 'rejected' || verdict === 'discarded';
          const place = struck ? null : position++;
          const past = verdict === 'discarded' && endsInDraft(event) ? 1 : 0;
          return [event.index, place, verdict, id, text, p, q, u, event.source, event.startMs, event.endMs, ...about, past];
        }),
  );
  const columns = ['round', 'position', 'verdict', 'token_id', 'text', 'p', 'q', 'u', 'drafted_by', 'round_start_ms', 'round_end_ms'];
  return toCsv([...columns, ...CONDITION_COLUMNS, ...VERSION_COLUMNS, 'past_end'], rows);
}

/**
 * The worksheet as CSV, a row for every line of it. Latencies are milliseconds of the whole wait, as is `speedup`; `tokens_per_second` and
 * `decoding_speedup` are of decoding alone. `too_short` counts answers that are left out of rates and times.
 */
export function worksheetCsv(measured: readonly MeasuredRun[], versions: Versions): string {
  const columns = [
    ...[
      'kind',
      'runs',
      'drafted',
      'accepted',
      'rejected',
      'discarded',
      'target_passes',
      'committed',
      'acceptance_rate',
      'accepted_over_drafted',
    ],
    ...['mean_acceptance_length', 'time_to_first_token_ms', 'latency_ms', 'tokens_per_second', 'speedup', 'speedup_least', 'speedup_most'],
    ...['outputs_identical', 'outputs_different', 'outputs_drawn_apart', 'right_by_rule', 'wrong_by_rule', 'not_ended', 'without_rule'],
    ...['mean_log_probability', 'tokens_per_run', ...CONDITION_COLUMNS, ...VERSION_COLUMNS],
    ...['past_end', 'too_short', 'decoding_speedup', 'decoding_speedup_least', 'decoding_speedup_most'],
  ];
  const rows = worksheet(measured).map((row): CsvValue[] => {
    const { output, quality, speedup } = row;
    const { wait, decoding } = speedup;
    const conditions = conditionsOfRow(row, measured);
    return [
      ...[row.kind, row.runs, row.drafted, row.accepted, row.rejected, row.discarded, row.targetPasses, row.committed],
      ...[
        row.acceptanceRate,
        row.acceptedOverDrafted,
        row.meanAcceptanceLength,
        row.timeToFirstTokenMs,
        row.latencyMs,
        row.tokensPerSecond,
      ],
      ...[wait?.mean ?? null, wait?.least ?? null, wait?.most ?? null],
      ...[output.identical, output.different, output.drawnApart, quality.right, quality.wrong, quality.cut, quality.unruled],
      ...[row.meanLogProbability, row.runs > 0 ? row.committed / row.runs : null],
      ...CONDITION_COLUMNS.map((name) => conditions?.[name] ?? null),
      ...versionCells(versions),
      ...[row.pastEnd, row.tooShort, decoding?.mean ?? null, decoding?.least ?? null, decoding?.most ?? null],
    ];
  });
  return toCsv(columns, rows);
}

/** The worksheet and its runs, for `JSON.stringify`. */
export function worksheetJson(measured: readonly MeasuredRun[], versions: Versions): object {
  return {
    format: 'foretoken-worksheet',
    version: 2,
    versions,
    rows: worksheet(measured).map((row) => ({ ...row, conditions: conditionsOfRow(row, measured) })),
    runs: measured.map(({ planned, events, wallMs }) => {
      const start = startOf(events);
      const { kind, prompt, repetition, group } = planned;
      return {
        kind,
        prompt,
        repetition,
        group,
        wallMs,
        conditions: start && conditionsOf(start),
        ...tally(events),
        tokens: tokensOf(events),
      };
    }),
  };
}

function tokensOf(events: readonly RunEvent[]): object[] {
  return events.flatMap((event) =>
    event.type === 'round'
      ? event.tokens.map(({ id, text, verdict, p, q, u }) => ({ round: event.index, id, text, verdict, p, q, u }))
      : [],
  );
}

/** Seeds differ between repetitions, so a line of more than one has none. */
function conditionsOfRow({ variant, kind }: WorksheetRow, measured: readonly MeasuredRun[]): Conditions | null {
  const runs = measured.filter(({ planned }) => sameVariant(planned.variant, variant) && (kind === 'all' || planned.kind === kind));
  const all = runs.flatMap(({ events }) => startOf(events) ?? []).map(conditionsOf);
  const [first] = all;
  if (!first) return null;
  const seed = all.every((each) => each.seed === first.seed) ? first.seed : null;
  const device = [...new Set(all.map((each) => each.device))].join('; ');
  return { ...first, seed, device };
}

/** A short name for a set of files, from their hashes: equal for equal files (FNV-1a over them, 64 bits, in hex). */
export function versionOfFiles(hashes: readonly string[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const sign of hashes.join()) hash = BigInt.asUintN(64, (hash ^ BigInt(sign.charCodeAt(0))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
