import { Experiment as Measuring } from '../../features/experiment';
import { Notices } from '../../features/notices';
import { experiment as words } from '../../ui/texts/experiment';
import './wide.css';

/** Normal against speculative decoding, over many prompts. */
export function Experiment() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <Measuring />
    </main>
  );
}
