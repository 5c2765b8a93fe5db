import type { RunSettings } from '../../core/types';

/** How a run's drafts were judged. `greedy`: by the target's most likely token. */
export type Rule = 'greedy' | 'rejection' | 'coupled';

export function ruleOf({ sampling }: RunSettings): Rule {
  return sampling.temperature === 0 ? 'greedy' : sampling.rule;
}
