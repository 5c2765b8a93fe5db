import { type ReactNode, useEffect, useRef } from 'react';
import './modal.css';
import { openDialog } from './openDialog';

interface ModalProps {
  readonly label: string;
  readonly className?: string;
  /** The user closes it: by Escape, or by a press outside. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A native dialog over the page, open as long as it is mounted; the focus goes into it and back to where it was. */
export function Modal({ label, className, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    if (shown) openDialog(shown);
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same
    <dialog
      ref={dialog}
      className={`modal ${className ?? ''}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A browser may close it past that event.
      onClose={(event) => {
        if (!event.currentTarget.open) onClose();
      }}
      // The dialog fills its frame, so a press that reaches only the dialog is outside.
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="modal-body">{children}</div>
    </dialog>
  );
}
