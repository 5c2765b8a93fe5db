import { PACES, type Pace, type Player } from '../../store/recordings/player';
import { Choices } from '../Choices';
import { playback as words } from '../texts/playback';
import './player.css';

const OPTIONS = PACES.map((pace) => ({ value: String(pace), label: words.paces[pace] }));

/** How fast is played. */
export function PaceChoice({ player }: { readonly player: Player }) {
  const pace = player.use((state) => state.pace);
  return (
    <div className="pace-choice">
      <Choices legend={words.pace} options={OPTIONS} value={String(pace)} onChange={(value) => player.setPace(Number(value) as Pace)} />
    </div>
  );
}
