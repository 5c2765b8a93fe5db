import { Claims as List } from '../../features/claims';
import { Notices } from '../../features/notices';
import { claimWords as words } from '../../ui/texts/claims';
import './wide.css';

/** What is often said, with this device's verdict. */
export function Claims() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <List />
    </main>
  );
}
