/** foretoken: web-llm's engine with speculation, in a page, a worker or a service worker. */
export { ApiError } from '../api/apiError';
export type { Usage } from '../api/shapes';
export { type Failure, type FailureCode, FailureError } from '../core/failure';
export { CreateServiceWorkerSpeculativeEngine, CreateSpeculativeEngine, CreateWebWorkerSpeculativeEngine } from './create';
export { SpeculativeEngine } from './engine';
export { Foretoken, type ForetokenOptions, type GenerateOptions, Generation, type GenerationResult } from './foretoken';
export { foretokenFetch } from './foretokenFetch';
export type * from './types';
