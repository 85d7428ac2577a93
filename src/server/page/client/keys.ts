/** Where keys are typed as text. */
const FIELDS = 'input, select, textarea';

/**
 * Keys for what can be clicked: a control names its own in `aria-keyshortcuts`. Those that none names go from row to
 * row of a table.
 */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    const isTyped = target instanceof Element && target.matches(FIELDS) && !isTick(target);
    // A page that has keys of its own was asked first.
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyped) return;
    if (press(key) || goToRow(key) || special(key)) event.preventDefault();
  });
  addHelpButton();
}

function isTick(element: Element): boolean {
  return element instanceof HTMLInputElement && element.type === 'checkbox';
}

/** In what is open on top of the page, else in the page. */
function within(): ParentNode {
  return [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
}

function press(key: string): boolean {
  const control = within().querySelector<HTMLElement>(`[aria-keyshortcuts~="${CSS.escape(key)}"]`);
  if (!control) return false;
  if (control.matches(FIELDS)) control.focus();
  else control.click();
  return true;
}

/** `j` and `k` go to any row, `n` and `p` to those in which a score got worse. */
function goToRow(key: string): boolean {
  const isForward = key === 'j' || key === 'n';
  if (!isForward && key !== 'k' && key !== 'p') return false;
  const links = [...document.querySelectorAll<HTMLElement>('main tbody th[scope=row] a')];
  const now = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  const onTheWay = isForward ? links.slice(now + 1) : links.slice(0, Math.max(0, now)).reverse();
  const isAny = key === 'j' || key === 'k';
  const next = onTheWay.find((link) => isAny || link.closest('tr')?.querySelector('s'));
  next?.focus();
  return next !== undefined;
}

function special(key: string): boolean {
  const focused = document.activeElement;
  if (key === 'e' && focused instanceof HTMLAnchorElement) focused.click();
  else if (key === 'c') void navigator.clipboard?.writeText(location.href);
  else if (key === '?') showHelp();
  else return false;
  return true;
}

function addHelpButton(): void {
  const button = document.createElement('button');
  button.className = 'help';
  button.textContent = 'Keys';
  button.addEventListener('click', showHelp);
  document.querySelector('header nav')?.append(button);
}

/** Keys that no control of the page names. */
const OTHERS = [
  ['j k', 'next and previous row'],
  ['n p', 'next and previous row with a worse score'],
  ['Enter, e', 'open the row'],
  ['c', 'copy the link'],
  ['Esc', 'close'],
] as const;

function showHelp(): void {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', 'Keys');
  const list = document.createElement('dl');
  const named = [...document.querySelectorAll('main [aria-keyshortcuts]')].map(
    (control) => [control.getAttribute('aria-keyshortcuts') ?? '', nameOf(control)] as const,
  );
  const known = new Set(named.flatMap(([keys]) => keys.split(' ')));
  const others = OTHERS.filter(([keys]) => !known.has(keys.charAt(0)));
  for (const [keys, words] of [...named, ...others]) {
    const term = document.createElement('dt');
    const meaning = document.createElement('dd');
    term.textContent = keys;
    meaning.textContent = words;
    list.append(term, meaning);
  }
  const close = document.createElement('button');
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  dialog.append(list, close);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function nameOf(control: Element): string {
  const label = control instanceof HTMLInputElement ? control.labels?.[0]?.textContent : undefined;
  return (control.getAttribute('aria-label') ?? label ?? control.textContent ?? '').trim();
}
