/** Has the browser save `content` as a file named `name`: the one place where the page makes downloads. A text is written as UTF-8. */
export function saveFile(name: string, content: string | Blob, type = 'application/json'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type: `${type};charset=utf-8` }) : content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Asks for one file. @returns null if none was chosen */
export async function chooseFile(accept: string): Promise<File | null> {
  const [file] = await chooseFiles(accept, false);
  return file ?? null;
}

/** Asks for files, for one unless `several`. @returns nothing if none was chosen */
export function chooseFiles(accept: string, several = true): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.multiple = several;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
