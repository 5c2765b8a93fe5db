import { UndoNotice } from './UndoNotice';
import { WhyNot } from './WhyNot';
import './footNotices.css';

/** What is said in passing, over the foot of the page. */
export function FootNotices() {
  return (
    <div className="foot-notices">
      <WhyNot />
      <UndoNotice />
    </div>
  );
}
