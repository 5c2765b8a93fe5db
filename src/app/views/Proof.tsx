import { Notices } from '../../features/notices';
import { Proof as ProofView } from '../../features/proof';
import { proof as words } from '../../ui/texts/proof';
import './wide.css';

/** Whether both ways of decoding write the same. */
export function Proof() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <ProofView />
    </main>
  );
}
