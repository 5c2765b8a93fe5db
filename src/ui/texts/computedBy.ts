import { type Backend, type ComputedBy, OTHERS } from '../../engine/tasks';
import { formatRate } from '../format';

const on: Record<Backend, string> = { webgpu: 'WebGPU', cpu: 'the CPU' };

/** What the models run on, and why. */
export function computedBy({ backend, adapter, because }: ComputedBy): string {
  const where = `The models run on ${on[backend]}`;
  switch (because.why) {
    case 'graphics-card':
      return `${where} (${adapter}).`;
    case 'chosen':
      return `${where}, as chosen under More settings: the same weights, at a different speed.`;
    case 'no-webgpu':
      return 'This browser has no WebGPU, so the models run on the CPU: the same weights and the same text, at a different speed.';
    case 'faster': {
      const takes = {
        webgpu: `${formatRate(because.decodeMs.webgpu)} ms on WebGPU in software`,
        cpu: `${formatRate(because.decodeMs.cpu)} ms on the CPU`,
      };
      return `No graphics card was found, so the page measured what is faster: a token takes the target ${takes[backend]}, and ${takes[OTHERS[backend]]}. ${where}; under More settings you can choose.`;
    }
    case 'other-cannot':
      return `${where}, as ${on[OTHERS[backend]]} cannot run them here: ${because.message}`;
  }
}
