import { useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the end of a growing text in sight, unless the person has scrolled away from it.
 *
 * @param run changes when another text begins, which is then followed from its start
 * @param length changes when the text grows
 * @param growing whether it grows because the person asked for it; what is there at once is read from its beginning
 * @returns the ref of an element at the end of the text
 */
export function useFollowEnd(run: unknown, length: number, growing: boolean) {
  const end = useRef<HTMLSpanElement>(null);
  const following = useRef(true);
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      following.current = entry?.isIntersecting ?? false;
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` is what it waits for
  useLayoutEffect(() => {
    following.current = true;
  }, [run]);
  useLayoutEffect(() => {
    if (growing && length > 0 && following.current) end.current?.scrollIntoView({ block: 'nearest' });
  }, [length, growing]);
  return end;
}
