import { type RefObject, useEffect } from 'react';
import { type AnySetting, forgetChosenSetting, useChosenSetting } from '../../store/run/chosenSetting';

/**
 * Gives the focus to `field` where a person looked for the setting `name` elsewhere; null: for none, or not yet. To `instead` where there is no such field, or
 * none that can be changed now.
 */
export function useFound(name: AnySetting | null, field: RefObject<HTMLElement | null>, instead = field): void {
  const chosen = useChosenSetting((state) => state.name);
  useEffect(() => {
    if (name === null || chosen !== name) return;
    const found = field.current?.matches(':not(:disabled)') ? field : instead;
    found.current?.focus();
    forgetChosenSetting();
  }, [chosen, name, field, instead]);
}
