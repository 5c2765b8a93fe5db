/** Waits until what was changed stands on the page, and, as the browser has nothing else to do, what the page defers too. */
export async function drawn(): Promise<void> {
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => requestIdleCallback(resolve));
}
