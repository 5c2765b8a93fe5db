import { inject } from 'vitest';

/** The folder of the production build that the suite visits. */
export const BUILT = inject('built');
