/** undefined for what is no JSON. */
export async function json(content: Blob): Promise<unknown> {
  try {
    return JSON.parse(await content.text());
  } catch {
    return undefined;
  }
}
