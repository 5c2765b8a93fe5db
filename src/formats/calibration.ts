import * as v from 'valibot';
import { type Calibration, canBePriced } from '../core/cost/cost';

const milliseconds = v.pipe(v.number(), v.minValue(0), v.finite());
const milestones = v.pipe(v.array(milliseconds), v.minLength(1), v.maxLength(64));

/** A `Calibration` that was stored or sent: its tables are as large as its rows and contexts say. One that has no price for a round, as by a clock that stood still, is read as null. */
export const calibrationSchema = v.pipe(
  v.object({
    rows: milestones,
    contexts: milestones,
    verifyMs: v.pipe(v.array(milestones), v.maxLength(64)),
    draftMs: milestones,
    readbackMs: v.nullable(milliseconds),
    plainSharedMs: v.exactOptional(milliseconds),
    plainFixedMs: milliseconds,
    roundFixedMs: milliseconds,
    coarse: v.exactOptional(v.boolean()),
  }),
  v.check(({ rows, contexts, verifyMs, draftMs }) => {
    const whole = verifyMs.length === contexts.length && draftMs.length === contexts.length;
    return whole && verifyMs.every(({ length }) => length === rows.length);
  }, 'its tables must be as large as its rows and contexts'),
  v.transform((costs): Calibration | null => (canBePriced(costs) ? costs : null)),
);
