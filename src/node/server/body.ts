import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../api/apiError';

/**
 * The body of `request` as text. What is too long is not kept: the caller reads the rest of it away.
 *
 * @param most bytes
 * @throws ApiError 413, 415, 400
 */
export async function readBody(request: IncomingMessage, most: number): Promise<string> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new ApiError(415, 'unsupported_encoding', `The body is encoded as ${JSON.stringify(encoding)}. Send it as it is.`);
  }
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > most) throw tooLarge(most);
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new ApiError(400, 'invalid_json', 'The body is not UTF-8. Send JSON.');
  }
}

function tooLarge(most: number): ApiError {
  return new ApiError(413, 'request_too_large', `The body has more than ${most} bytes. Send a shorter conversation.`);
}
