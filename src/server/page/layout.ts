import { count } from './figures.js';
import { type Html, html } from './html.js';
import { PAGE_ROWS, type Page } from './paging.js';
import { visible, visibleText } from './visible.js';

export const STYLE_PATH = '/pages/style.css';

/** A step of the way back to the first page. */
export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** A whole document. */
export function layout(title: string, crumbs: readonly Crumb[], main: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${visibleText(title)} · ls-record</title>
<link rel="stylesheet" href="${STYLE_PATH}">
<link rel="icon" href="data:,">
</head>
<body>
<header><nav aria-label="Way back"><a href="/">ls-record</a>${crumbs.map(
    ({ text, href }) => html`<span>/</span><a href="${href}">${visible(text)}</a>`,
  )}</nav></header>
<main>${main}</main>
</body>
</html>`;
}

/** What a page is about. */
export function heading(kind: string, name: string, about?: string): Html {
  return html`<p class="kind">${kind}</p><h1 dir="auto">${visible(name)}</h1>${
    about ? html`<p class="about" dir="auto">${visible(about)}</p>` : ''
  }`;
}

/** Figures with their names, side by side. */
export function figures(entries: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl class="figures">${entries.map(
    ([name, value]) => html`<div><dt>${visible(name)}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

/** A payload under a title. */
export function section(title: string, content: Html): Html {
  return html`<section class="whole"><h2>${title}</h2>${content}</section>`;
}

/** Where there is nothing yet: what to type. */
export function empty(words: string, command: string): Html {
  return html`<div class="empty"><p>${words}</p><pre><code>${visible(command)}</code></pre></div>`;
}

/** Links to the rows before and after; nothing where one page holds all. */
export function pageLinks(url: URL, { offset, rows, hasMore }: Page<unknown>): Html | string {
  if (offset === 0 && !hasMore) return '';
  const number = offset / PAGE_ROWS + 1;
  return html`<nav class="pages" aria-label="Pages">${
    offset > 0 && html`<a rel="prev" href="${pageHref(url, number - 1)}">← Previous</a>`
  }<span>${
    rows.length === 0
      ? 'Nothing here'
      : html`Rows ${count(offset + 1)} to ${count(offset + rows.length)}`
  }</span>${hasMore && html`<a rel="next" href="${pageHref(url, number + 1)}">Next →</a>`}</nav>`;
}

function pageHref(url: URL, number: number): string {
  const query = new URLSearchParams(url.search);
  query.set('page', String(number));
  return `${url.pathname}?${query}`;
}
