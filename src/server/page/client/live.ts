import { load, replaceMain } from './load.js';

/** A page is shown again at most this often, however fast rows come. */
const AT_MOST_EVERY_MS = 3000;

/** Keeps the page up to date while something is recorded; whoever is busy with it is only told. */
export function keepLive(): void {
  let source: EventSource | undefined;
  let isWaiting = false;
  let shownAt = 0;

  const update = async () => {
    isWaiting = false;
    shownAt = Date.now();
    const loaded = await load(location.href);
    if (loaded && isIdle()) replaceMain(loaded);
    else if (loaded) offer();
  };
  const listen = () => {
    // A hidden page gives back its connection: a browser has six of them for all pages together.
    source?.close();
    source = undefined;
    const shown = document.querySelector<HTMLElement>('main[data-live]')?.dataset.live;
    if (document.hidden || shown === undefined) return;
    source = new EventSource(`/pages/changes?since=${shown}`);
    source.addEventListener('message', () => {
      if (!isWaiting) setTimeout(update, shownAt + AT_MOST_EVERY_MS - Date.now());
      isWaiting = true;
    });
  };
  document.addEventListener('visibilitychange', listen);
  listen();
}

/** Whether nobody types, ticks, selects or has something open. */
function isIdle(): boolean {
  const isTyping = document.activeElement?.matches('input, select, textarea');
  const isOpen = document.querySelector('details[open], dialog[open]') !== null;
  const isSelected = getSelection()?.isCollapsed === false;
  const inputs = [...document.querySelectorAll<HTMLInputElement>('main input')];
  const isChanged = inputs.some(
    (input) => input.checked !== input.defaultChecked || input.value !== input.defaultValue,
  );
  return !(isTyping || isOpen || isSelected || isChanged);
}

function offer(): void {
  if (document.querySelector('.pill')) return;
  const pill = document.createElement('button');
  pill.className = 'pill';
  pill.textContent = 'New results: show them';
  pill.addEventListener('click', async () => {
    pill.remove();
    const loaded = await load(location.href);
    if (loaded) replaceMain(loaded);
  });
  document.body.append(pill);
}
