import { create } from 'zustand';

export interface PaletteState {
  /** `search`: what can be done and looked at, by name; `keys`: all shortcuts. */
  readonly open: 'search' | 'keys' | null;
}

export const usePalette = create<PaletteState>()(() => ({ open: null }));

export function openPalette(open: NonNullable<PaletteState['open']>): void {
  usePalette.setState({ open });
}

export function closePalette(): void {
  usePalette.setState({ open: null });
}
