import type { ReactNode } from 'react';
import { stop } from '../../../actions/stop';
import { useWork } from '../../../store/engine/work';
import { ActionButton } from '../../../ui/ActionButton';
import { live as words } from '../../../ui/texts/live';
import './live.css';

interface LivePartProps {
  readonly children: ReactNode;
  /** What it is, in a few words; no two parts of a lesson have the same. */
  readonly name: string;
  /** Wider than the text around it. */
  readonly wide?: boolean;
}

/** A part of a lesson that runs or shows something real. */
export function LivePart({ children, name, wide = false }: LivePartProps) {
  return (
    <section className={wide ? 'live wide' : 'live'} aria-label={words.label(name)}>
      {children}
    </section>
  );
}

/** Stop while `working`, and a word where other work has the models. */
export function WorkLine({ working }: { readonly working: boolean }) {
  const current = useWork((state) => state.current);
  if (working) return <ActionButton action={stop} look="small" showKeys />;
  return current === null ? null : <p className="live-note">{words.busy}</p>;
}
