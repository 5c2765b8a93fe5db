/** A kind of request that the service worker answers itself. What no route takes goes to the network, as if there were no worker. */
export interface Route {
  /** Whether `request`, whose URL is `url`, is this route's. Must not wait: the browser wants to know at once. */
  takes(request: Request, url: URL): boolean;
  answer(event: FetchEvent): Promise<Response>;
}

/** The first of `routes` that takes `request`. */
export function routeFor(routes: readonly Route[], request: Request): Route | undefined {
  const url = new URL(request.url);
  return routes.find((route) => route.takes(request, url));
}
