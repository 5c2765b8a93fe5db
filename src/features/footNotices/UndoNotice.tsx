import { undo } from '../../actions/undo';
import { putNoticeAway, useNotice } from '../../store/page/notice';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { undo as words } from '../../ui/texts/undo';

/** What was done last, announced, with the way back. It stays until it is used, put away or another takes its place. */
export function UndoNotice() {
  const { text, undo: back } = useNotice();
  return (
    <div className="foot-notice" data-shown={text !== '' || undefined}>
      <p role="status">{text}</p>
      {back ? <ActionButton action={undo} look="small" showKeys /> : null}
      {text === '' ? null : (
        <Button look="quiet" onPress={putNoticeAway}>
          {words.dismiss}
        </Button>
      )}
    </div>
  );
}
