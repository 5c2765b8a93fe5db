import { create } from 'zustand';

export interface PlantedState {
  /** Words of the prepared text that are marked as wrong, in UTF-16 units. */
  readonly marks: readonly { readonly from: number; readonly to: number }[];
  /** Whether the solution is shown. */
  readonly checked: boolean;
}

/** The prepared text's marks outlive a look at another page of the course. */
export const usePlanted = create<PlantedState>()(() => ({ marks: [], checked: false }));

export function markPlanted(marks: PlantedState['marks']): void {
  if (!usePlanted.getState().checked) usePlanted.setState({ marks });
}

export function checkPlanted(): void {
  usePlanted.setState({ checked: true });
}

export function restartPlanted(): void {
  usePlanted.setState({ marks: [], checked: false });
}
