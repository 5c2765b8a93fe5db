/** Shows `dialog` over the page, which neither scrolls nor moves while it is open: base.css takes the scroll bar's room away, and knows by `--gutter` how much that was. */
export function openDialog(dialog: HTMLDialogElement): void {
  const root = document.documentElement;
  root.style.setProperty('--gutter', `${innerWidth - root.getBoundingClientRect().width}px`);
  dialog.showModal();
}
