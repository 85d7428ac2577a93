import { load, replaceMain } from './load.js';

/** A page is shown again at most this often, however fast rows come. */
const AT_MOST_EVERY_MS = 3000;

const LOOK_AGAIN_EVERY_MS = 600_000;

/** Keeps the page up to date while something is recorded; whoever is busy with it is only offered that. */
export function keepLive(): void {
  let source: EventSource | undefined;
  let isWaiting = false;
  let shownAt = 0;

  const update = async (): Promise<void> => {
    isWaiting = false;
    shownAt = Date.now();
    const { href } = location;
    const loaded = await load(href);
    // Somebody opened or closed a row meanwhile.
    if (loaded && href !== location.href) return update();
    // Something else was recorded.
    if (loaded?.main.textContent === document.querySelector('main')?.textContent) return;
    if (loaded && isIdle()) replaceMain(loaded);
    else if (loaded) offer(rowsIn(loaded.main) - rowsIn(document));
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
  // A recording that was stopped changes nothing any more.
  setInterval(() => {
    if (source && isIdle()) void update();
  }, LOOK_AGAIN_EVERY_MS);
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

function rowsIn(page: ParentNode): number {
  const counts = [...page.querySelectorAll<HTMLElement>('[data-rows]')];
  return counts.reduce((sum, { dataset }) => sum + Number(dataset.rows), 0);
}

/** @param rows how many more there are than on the page. */
function offer(rows: number): void {
  document.querySelector('.pill')?.remove();
  const pill = document.createElement('button');
  pill.className = 'pill';
  const what = rows === 1 ? '1 new row' : rows > 0 ? `${rows} new rows` : 'New results';
  pill.textContent = `${what}: show`;
  pill.addEventListener('click', async () => {
    pill.remove();
    const loaded = await load(location.href);
    if (loaded) replaceMain(loaded);
  });
  document.body.append(pill);
}
