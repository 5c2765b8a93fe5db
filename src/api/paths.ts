/** What is answered, and by which method; `/v1/models/` goes on with a model's id. */
export const API_PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/models'] as const;

/** Most characters of a body. */
export const MOST_BODY = 1 << 22;
