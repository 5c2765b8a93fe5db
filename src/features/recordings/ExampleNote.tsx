import type { TraceAbout } from '../../formats/trace/trace';
import { formatDate } from '../../ui/format';
import { recording as words } from '../../ui/texts/recording';
import './recordingNote.css';

/** That what a view shows before it was used was recorded, where and when. @param own what brings one's own */
export function ExampleNote({ about, own }: { readonly about: TraceAbout; readonly own: string }) {
  const { machine, recordedAt } = about;
  return (
    <p className="recording-note">
      <b>{words.label}</b>
      <span>
        {[machine === null ? words.elsewhere : words.on(machine), ...(recordedAt === null ? [] : [formatDate(recordedAt)])].join(', ')}.{' '}
        {own}
      </span>
    </p>
  );
}
