import type { ReactNode } from 'react';
import { Button } from './Button';
import { Modal } from './Modal';
import './sheet.css';

interface SheetProps {
  readonly heading: string;
  /** What the button that closes it says. */
  readonly close: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal with its heading in sight and a button that closes it. */
export function Sheet({ heading, close, onClose, children }: SheetProps) {
  return (
    <Modal label={heading} className="sheet" onClose={onClose}>
      <div className="sheet-body">
        <div className="sheet-head">
          <h2>{heading}</h2>
          <Button look="quiet" onPress={onClose}>
            {close}
          </Button>
        </div>
        {children}
      </div>
    </Modal>
  );
}
