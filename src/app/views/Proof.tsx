import { Notices } from '../../features/notices';
import { Prove as Proof } from '../../features/proof';
import { prove as words } from '../../ui/texts/proof';
import './wide.css';

/** Whether both ways of decoding write the same. */
export function Prove() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <Proof />
    </main>
  );
}
