import { createContext, type ReactNode, useContext } from 'react';

const Output = createContext<ReactNode>(null);

/** Hands the page's own output down to whichever part of a lesson runs something. */
export function LiveOutput({ value, children }: { readonly value: ReactNode; readonly children: ReactNode }) {
  return <Output value={value}>{children}</Output>;
}

export function useOutput(): ReactNode {
  return useContext(Output);
}
