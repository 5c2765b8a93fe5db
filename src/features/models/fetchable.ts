import type { Download } from '../../store/models/downloads';

/** Whether nothing that the plan knows of stands in the way of fetching `download`. */
export function fetchable({ plan, failure }: Pick<Download, 'plan' | 'failure'>): boolean {
  const isPair = failure?.code !== 'vocabulary-mismatch' && failure?.code !== 'rollback-missing';
  return isPair && plan !== null && plan.obstacles.length === 0;
}
