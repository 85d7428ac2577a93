import { load, replaceMain } from './load.js';

/** The address of what is shown, without its anchor: `location` is ahead of it while a page is on its way. */
let shown = '';
let newest = 0;

/** Opens a row next to the table that lists it without loading the table again. */
export function openRowsInDrawer(): void {
  const { href = location.href } = document.querySelector<HTMLLinkElement>('[rel=canonical]') ?? {};
  history.replaceState(null, '', href.split('#')[0] + location.hash);
  shown = addressOf(location);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (!link.matches('tbody th a, dialog.drawer a') || link.pathname !== location.pathname) return;
    event.preventDefault();
    void show(new URL(link.href), true);
  });
  addEventListener('popstate', () => {
    if (addressOf(location) !== shown) void show(new URL(location.href), false);
  });
  // By the Escape key, which a dialog knows by itself.
  document.addEventListener(
    'close',
    ({ target }) => {
      if (target === drawer()) drawer()?.querySelector<HTMLElement>('.close')?.click();
    },
    true,
  );
  raise();
}

async function show(url: URL, isNew: boolean): Promise<void> {
  const mine = ++newest;
  const last = new URL(shown).searchParams.get('row');
  const isOfTable = tableOf(url) === tableOf(new URL(shown));
  if (!isOfTable || url.searchParams.has('row')) {
    const loaded = await load(url.href, isOfTable ? { headers: { 'X-Part': 'drawer' } } : {});
    if (mine !== newest) return;
    if (!loaded) return location.assign(url);
    if (isOfTable) {
      drawer()?.remove();
      const content = loaded.main.querySelector('dialog.drawer');
      if (content) document.querySelector('main')?.prepend(content);
      document.title = loaded.title;
    } else replaceMain(loaded);
  } else {
    document.title = document.title.replace(`${drawer()?.getAttribute('aria-label')} · `, '');
    drawer()?.remove();
    document.getElementById(`e-${last}`)?.querySelector('a')?.focus();
  }
  if (isNew) history.pushState(null, '', url);
  shown = addressOf(url);
  raise();
  if (url.hash) drawer()?.querySelector(url.hash)?.scrollIntoView();
}

function addressOf({ pathname, search }: URL | Location): string {
  return new URL(pathname + search, location.origin).href;
}

/** The address without the row that is open. */
function tableOf(url: URL): string {
  const table = new URL(addressOf(url));
  for (const name of ['row', 'run', 'text']) table.searchParams.delete(name);
  return table.href;
}

function drawer(): HTMLDialogElement | null {
  return document.querySelector('dialog.drawer');
}

/** Keeps the keyboard within what is open on top of the page. */
function raise(): void {
  const dialog = drawer();
  dialog?.removeAttribute('open');
  dialog?.showModal();
}
