import { Component, type ReactNode } from 'react';
import { toFailure } from '../core/failure';
import { Button } from '../ui/Button';
import { FailureNotice } from '../ui/FailureNotice';
import { failures as words } from '../ui/texts';

interface ErrorBoundaryState {
  readonly thrown: unknown;
  readonly failed: boolean;
}

/** Shows an error of the page's own instead of a blank page. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { thrown: null, failed: false };

  static getDerivedStateFromError(thrown: unknown): ErrorBoundaryState {
    return { thrown, failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const { code, message } = toFailure(this.state.thrown);
    return (
      <main className="page-broken">
        <h1>{words.boundary}</h1>
        <FailureNotice failure={{ code, message, hint: words.boundaryHint }}>
          <Button look="quiet" onPress={() => location.reload()}>
            {words.reload}
          </Button>
        </FailureNotice>
      </main>
    );
  }
}
