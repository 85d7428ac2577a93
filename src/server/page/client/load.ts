import { showLocalTimes } from './times.js';

/** A page of ours that was fetched instead of opened. */
export interface Loaded {
  readonly main: HTMLElement;
  readonly title: string;
  /** Where it is, after all redirects. */
  readonly url: string;
}

/** @returns undefined if there is no such page to be had. */
export async function load(url: string, init?: RequestInit): Promise<Loaded | undefined> {
  const answer = await fetch(url, init).catch(() => undefined);
  if (!answer) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = page.querySelector('main');
  if (!main) return undefined;
  showLocalTimes(main);
  return { main: document.adoptNode(main), title: page.title, url: answer.url };
}

/** Puts what was loaded in place of the page's content; what had the focus keeps it. */
export function replaceMain({ main, title }: Loaded): void {
  const focused = document.activeElement?.getAttribute('href');
  document.querySelector('main')?.replaceWith(main);
  document.title = title;
  if (focused) main.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}
