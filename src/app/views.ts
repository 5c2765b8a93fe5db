import type { ComponentType } from 'react';
import { later } from '../ui/later';
import { views as words } from '../ui/texts';
import { Watch } from './views/Watch';

export const VIEW_GROUPS = ['see', 'believe', 'teach'] as const;
export type ViewGroup = (typeof VIEW_GROUPS)[number];

/** One way to look at the same runs. Its id is its address, after the page's "#". */
export interface View {
  readonly id: string;
  readonly label: string;
  /** What a person comes for: to see it, to believe it, to teach it. The head shows the views by it. */
  readonly group?: ViewGroup;
  /** The first one is part of the shell; the others come when they are asked for. */
  readonly component: ComponentType;
}

function view<Name extends string>(name: Name, load: () => Promise<Record<Name, ComponentType>>): ComponentType {
  return later(name, load, 'main');
}

export const VIEWS: readonly [View, ...View[]] = [
  { id: 'watch', label: words.watch, group: 'see', component: Watch },
  { id: 'race', label: words.race, group: 'see', component: view('Race', () => import('./views/Race')) },
  { id: 'step', label: words.step, group: 'see', component: view('Step', () => import('./views/Step')) },
  { id: 'conversation', label: words.conversation, group: 'see', component: view('Conversation', () => import('./views/Conversation')) },
  { id: 'be-the-draft', label: words.beTheDraft, group: 'see', component: view('BeTheDraft', () => import('./views/BeTheDraft')) },
  { id: 'proof', label: words.proof, group: 'believe', component: view('Proof', () => import('./views/Proof')) },
  { id: 'measure', label: words.measure, group: 'believe', component: view('Measure', () => import('./views/Measure')) },
  { id: 'experiment', label: words.experiment, group: 'believe', component: view('Experiment', () => import('./views/Experiment')) },
  { id: 'claims', label: words.claims, group: 'believe', component: view('Claims', () => import('./views/Claims')) },
  { id: 'history', label: words.history, group: 'believe', component: view('History', () => import('./views/History')) },
  { id: 'learn', label: words.learn, group: 'teach', component: view('Learn', () => import('./views/Learn')) },
  { id: 'present', label: words.present, group: 'teach', component: view('Present', () => import('./views/Present')) },
  { id: 'models', label: words.models, component: view('Models', () => import('./views/Models')) },
];
