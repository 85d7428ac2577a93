import { load } from './load.js';

/** Opens rows next to the table that lists them, instead of on a page of their own. */
export function openRowsInDrawer(): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const isRow = link.matches('[data-drawer]');
    // Within the drawer: the rows before and after, and the same row in another way.
    const isOfRow = link.closest('dialog.drawer') && link.matches('[rel], .choice a');
    if (!isRow && !isOfRow) return;
    event.preventDefault();
    void show(new URL(link.getAttribute('href') ?? '', drawer()?.dataset.url ?? location.href));
  });
}

function drawer(): HTMLDialogElement | null {
  return document.querySelector('dialog.drawer');
}

async function show(url: URL): Promise<void> {
  const loaded = await load(url.href);
  if (!loaded) return location.assign(url);
  const dialog = drawer() ?? makeDrawer();
  dialog.dataset.url = loaded.url;
  // Its name in the page is taken, and its relative addresses are those of its own page.
  const content = document.createElement('div');
  while (loaded.main.firstChild) content.append(loaded.main.firstChild);
  for (const link of content.querySelectorAll('a')) {
    const href = link.getAttribute('href');
    if (href) link.href = new URL(href, loaded.url).href;
  }
  dialog.querySelector('.content')?.replaceChildren(content);
  dialog.querySelector<HTMLAnchorElement>('.whole-page')?.setAttribute('href', loaded.url);
  dialog.scrollTop = 0;
}

function makeDrawer(): HTMLDialogElement {
  const dialog = document.createElement('dialog');
  dialog.className = 'drawer';
  dialog.setAttribute('aria-label', 'Row');
  const close = document.createElement('button');
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  const whole = document.createElement('a');
  whole.className = 'whole-page';
  whole.textContent = 'Open as a page';
  const content = document.createElement('div');
  content.className = 'content';
  dialog.append(close, ' ', whole, content);
  const opener = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (opener instanceof HTMLElement) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
