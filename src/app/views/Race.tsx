import { Notices } from '../../features/notices';
import { Race as RaceFeature } from '../../features/race';
import { race as words } from '../../ui/texts/race';
import './wide.css';

/** Plain decoding and speculation of one prompt, measured one after the other and replayed together. */
export function Race() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Notices />
      <RaceFeature />
    </main>
  );
}
