/** The paths that are answered, from `/v1` on. */
export const API_PATHS = ['/v1/chat/completions', '/v1/models'] as const;

/** Most characters of a body. */
export const MOST_BODY = 1 << 22;
