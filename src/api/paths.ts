import { ApiError } from './apiError';

/** Where a model's id follows. */
export const MODEL_PATH = '/v1/models/';

/** What is answered. */
const PATHS: readonly string[] = ['/v1/chat/completions', '/v1/completions', '/v1/models'];

/** Most characters of a body. */
export const MOST_BODY = 1 << 22;

/** Whether `path`, from `/v1` on, is one of the API's. */
export function isApiPath(path: string): boolean {
  return PATHS.includes(path) || (path.startsWith(MODEL_PATH) && path !== MODEL_PATH);
}

/** @throws ApiError 404 where `path` is no `isApiPath` */
export function checkPath(path: string): void {
  if (!isApiPath(path)) throw new ApiError(404, 'not_found', `There is no ${path} here. There are ${PATHS.join(', ')}.`);
}
