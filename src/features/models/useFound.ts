import { type RefObject, useEffect } from 'react';
import { type AnySetting, forgetChosenSetting, useChosenSetting } from '../../store/run/chosenSetting';

/** Gives `field` the focus where a person looked for the setting `name` elsewhere; null: for none. */
export function useFound(name: AnySetting | null, field: RefObject<HTMLElement | null>): void {
  const chosen = useChosenSetting((state) => state.name);
  useEffect(() => {
    if (name === null || chosen !== name) return;
    field.current?.focus();
    forgetChosenSetting();
  }, [chosen, name, field]);
}
