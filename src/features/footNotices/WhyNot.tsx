import { useWhyNot } from '../../store/page/notice';

/** Why a key did nothing, for a while. */
export function WhyNot() {
  const { word } = useWhyNot();
  return (
    <div className="foot-notice" data-shown={word !== '' || undefined}>
      <p role="status">{word}</p>
    </div>
  );
}
