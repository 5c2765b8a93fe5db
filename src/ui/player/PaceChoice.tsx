import { type Player, RATES, type Rate } from '../../store/recordings/player';
import { Choices } from '../Choices';
import { playback as words } from '../texts/playback';
import './player.css';

const PACES = RATES.map((rate) => ({ value: String(rate), label: words.rates[rate] }));

/** How fast is played. */
export function PaceChoice({ player }: { readonly player: Player }) {
  const rate = player.use((state) => state.rate);
  return (
    <div className="pace-choice">
      <Choices legend={words.rate} options={PACES} value={String(rate)} onChange={(value) => player.setRate(Number(value) as Rate)} />
    </div>
  );
}
