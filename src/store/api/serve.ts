/** The page answers requests of OpenAI's API that pages of its site send to the service worker. */
import { apiErrorOf } from '../../api/apiError';
import type { ApiRequest } from '../../api/respond';
import { toFailure } from '../../core/failure';
import type { FromServingPage, ToPage } from '../../sw/messages';

/** From now on, the page answers. @returns what ends that */
export function serveRequests(container: ServiceWorkerContainer | undefined = navigator.serviceWorker): () => void {
  const receive = ({ data, ports }: MessageEvent<ToPage>) => {
    const [port] = ports;
    if (!port) return;
    if (data.type === 'who-serves') send(port, { type: 'serving' });
    else if (data.type === 'serve') void serve(data.request, port);
  };
  container?.addEventListener('message', receive);
  container?.startMessages();
  return () => container?.removeEventListener('message', receive);
}

/** Most pages never serve. One promise for all requests, so that they go on in the order in which they came. */
const importParts = () => Promise.all([import('../../api/respond'), import('./pageEngine')]);
let parts: ReturnType<typeof importParts> | null = null;

async function serve(request: ApiRequest, port: MessagePort): Promise<void> {
  const given = new AbortController();
  // The service worker says nothing but `stop`.
  port.onmessage = () => given.abort();
  try {
    parts ??= importParts();
    const [{ respond }, { PAGE_ENGINE }] = await parts;
    const { status, type, body } = await respond(request, PAGE_ENGINE, given.signal);
    send(port, { type: 'head', status, contentType: type });
    for await (const text of body) send(port, { type: 'piece', text });
  } catch (thrown) {
    // A part of this page is not to be had, as after another version has replaced it; perhaps the next time.
    parts = null;
    const { status, body } = apiErrorOf(toFailure(thrown));
    send(port, { type: 'head', status, contentType: 'application/json' });
    send(port, { type: 'piece', text: JSON.stringify(body) });
  }
  send(port, { type: 'end' });
}

function send(port: MessagePort, message: FromServingPage): void {
  port.postMessage(message);
}
