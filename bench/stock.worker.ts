import { watchReadbacks } from './readbacks';
import { answerStock, type StockReply, type StockRequest } from './stock';

export interface NumberedRequest extends StockRequest {
  readonly id: number;
}
export interface NumberedReply extends StockReply {
  readonly id: number;
  readonly error?: string;
}

watchReadbacks('stock');

self.onmessage = async ({ data: { id, ...request } }: MessageEvent<NumberedRequest>) => {
  const reply = (rest: Omit<NumberedReply, 'id'>) => self.postMessage({ id, ...rest } satisfies NumberedReply);
  await answerStock(request).then(reply, (error) => reply({ error: String(error) }));
};
