import { Measure as Figures } from '../../features/measure';
import { Notices } from '../../features/notices';
import { Ask } from '../../features/prompt';
import { measure as words } from '../../ui/texts/measure';
import './wide.css';

/** What speculation costs on this device, and whether it pays. */
export function Measure() {
  return (
    <main className="page-wide">
      <h2 className="visually-hidden">{words.heading}</h2>
      <Ask />
      <Notices />
      <Figures />
    </main>
  );
}
