/** The page answers requests of OpenAI's API that pages of its site send to the service worker. */
import type { ApiRequest } from '../../api/respond';
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

async function serve(request: ApiRequest, port: MessagePort): Promise<void> {
  const given = new AbortController();
  // The service worker says nothing but `stop`.
  port.onmessage = () => given.abort();
  // Most pages never serve.
  const [{ respond }, { PAGE_ENGINE }] = await Promise.all([import('../../api/respond'), import('./pageEngine')]);
  const { status, type, body } = await respond(request, PAGE_ENGINE, given.signal);
  send(port, { type: 'head', status, contentType: type });
  for await (const text of body) send(port, { type: 'piece', text });
  send(port, { type: 'end' });
}

function send(port: MessagePort, message: FromServingPage): void {
  port.postMessage(message);
}
