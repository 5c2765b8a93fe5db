import { Component, type ComponentType, lazy } from 'react';
import { FailureError, toFailure } from '../core/failure';
import { reloadTab } from '../store/page/tab';
import { Button } from './Button';
import { FailureNotice } from './FailureNotice';
import { failures as words } from './texts';

/** ms before each further try to fetch a part: a server that refuses, or a network that changes, is often back a moment later. */
const AGAIN_AFTER_MS = [500, 2000];

/** Style sheets that did not arrive. Vite takes a link for fetched as soon as it stands in the page. */
const lostStyles = new Set<HTMLLinkElement>();
globalThis.addEventListener?.('error', ({ target }) => target instanceof HTMLLinkElement && lostStyles.add(target), { capture: true });

/** The module that `load` imports, with the style sheets that came for it; tried again a moment later where it could not be fetched. @throws FailureError `network` */
export async function fetchPart<Module>(load: () => Promise<Module>): Promise<Module> {
  let failed: unknown;
  for (const ms of [0, ...AGAIN_AFTER_MS]) {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    try {
      await fetchLostStyles();
      return await load();
    } catch (thrown) {
      failed = thrown;
    }
  }
  throw new FailureError('network', words.part, words.partHint, failed);
}

/** Puts a new link in the place of each that failed. */
async function fetchLostStyles(): Promise<void> {
  const links = [...lostStyles].filter((link) => link.isConnected && link.rel === 'stylesheet');
  lostStyles.clear();
  await Promise.all(
    links.map((link) => {
      const again = link.cloneNode() as HTMLLinkElement;
      const arrived = new Promise<void>((resolve, reject) => {
        again.addEventListener('load', () => resolve());
        again.addEventListener('error', () => reject(new Error(`${link.href} could not be fetched.`)));
      });
      link.replaceWith(again);
      return arrived;
    }),
  );
}

type Frame = 'main' | 'aside' | 'div';

/**
 * A component of a module that is fetched when it is first shown, for within a `Suspense`. Where it cannot be fetched it says so in its place,
 * with buttons that try again and reload: Firefox fetches a script that failed only after a reload. The rest of the page stays.
 *
 * @param frame what it says so in: a view's `main`, something over the page, or a piece of the text
 */
export function later<Name extends string>(
  name: Name,
  load: () => Promise<Record<Name, ComponentType>>,
  frame: Frame = 'div',
): ComponentType {
  const fetched = () => lazy<ComponentType>(async () => ({ default: (await fetchPart(load))[name] }));
  const part = { Fetched: fetched(), fetched };
  return () => <Part part={part} frame={frame} />;
}

interface PartProps {
  /** `Fetched` keeps its failure, too, so that another try is one more of `fetched`. */
  readonly part: { Fetched: ComponentType; readonly fetched: () => ComponentType };
  readonly frame: Frame;
}

/** Holds what a part that could not be fetched leaves; any other error is the page's own. */
class Part extends Component<PartProps, { readonly thrown: unknown }> {
  override state = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  /** Where it is shown again it is asked for again. */
  override componentWillUnmount() {
    if (this.state.thrown) this.#renew();
  }

  override render() {
    const { thrown } = this.state;
    const { part, frame: Frame } = this.props;
    if (!thrown) return <part.Fetched />;
    const failure = toFailure(thrown);
    if (failure.code !== 'network') throw thrown;
    return (
      <Frame className="part-missing">
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={this.#tryAgain}>
            {words.tryAgain}
          </Button>
          <Button look="quiet" onPress={reloadTab}>
            {words.reload}
          </Button>
        </FailureNotice>
      </Frame>
    );
  }

  #renew() {
    const { part } = this.props;
    part.Fetched = part.fetched();
  }

  #tryAgain = () => {
    this.#renew();
    this.setState({ thrown: null });
  };
}
