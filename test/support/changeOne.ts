/** Puts `value` in place of the `at`-th thing in `document`, counted as they come. */
export function changeOne(document: unknown, at: number, value: unknown): void {
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const walk = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [key, held] of Object.entries(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      walk(held);
    }
  };
  walk(document);
  const place = places[at % places.length];
  if (place) place[0][place[1]] = value;
}
