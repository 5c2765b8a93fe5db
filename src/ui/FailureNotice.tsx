import type { ReactNode } from 'react';
import type { Failure } from '../core/failure';

/** What went wrong and what to do, announced at once. `children` are buttons. */
export function FailureNotice({ failure, children }: { readonly failure: Failure; readonly children?: ReactNode }) {
  return (
    <div className="failure" role="alert" data-code={failure.code}>
      <span className="failure-mark" aria-hidden="true">
        !
      </span>
      <div>
        <p className="failure-message">{failure.message}</p>
        <p className="failure-hint">{failure.hint}</p>
      </div>
      <div className="failure-actions">{children}</div>
    </div>
  );
}
