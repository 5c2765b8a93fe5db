/**
 * In a page, before its own scripts: what computes is chosen, as by a person at an earlier visit, unless something is chosen already. For
 * `addInitScript` and `evaluateOnNewDocument`.
 *
 * @param {'auto' | 'webgpu' | 'cpu'} backend
 */
export function keepChoice(backend) {
  try {
    // As store/engine/backend.ts keeps it.
    if (!localStorage.getItem('foretoken.backend'))
      localStorage.setItem('foretoken.backend', JSON.stringify({ state: { backend }, version: 1 }));
  } catch {
    // A page without an address has no storage.
  }
}
