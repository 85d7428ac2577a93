import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import { assetPath } from './assets.js';
import type { Html } from './html.js';
import { PAGE_ROWS, type Page } from './paging.js';
import { count } from './parts/figures.js';
import { visible, visibleText } from './parts/visible.js';
import { changeAddress } from './query.js';

/** A step of the way back to the first page. */
export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** A row that is open on top of the table that lists it. */
export interface Drawer {
  readonly name: string;
  readonly content: Html;
}

/** The drawer alone, for a page that has the rest of it already. */
export function Part({ title, drawer }: { readonly title: string; readonly drawer: Drawer }): Html {
  return (
    <>
      <title>{titleOf(title, drawer)}</title>
      <main>{drawer.content}</main>
    </>
  );
}

function titleOf(title: string, drawer: Drawer | undefined): string {
  return visibleText(`${drawer ? `${drawer.name} · ` : ''}${title} · ls-record`);
}

/**
 * A whole document.
 *
 * @param props.title what distinguishes this page from all others: it names the tab.
 */
export function Layout(props: {
  readonly title: string;
  readonly crumbs: readonly Crumb[];
  /** A shorter query of the same page. */
  readonly address?: string;
  /** The state of the home that it shows; it is shown again whenever there is another. */
  readonly live?: string;
  readonly drawer?: Drawer | undefined;
  readonly children?: Child;
}): Html {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{titleOf(props.title, props.drawer)}</title>
        <link rel="stylesheet" href={assetPath('style.css')} />
        <script type="module" src={assetPath('main.js')} />
        <link rel="icon" href="data:," />
        {props.address && <link rel="canonical" href={props.address} />}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header>
          <nav aria-label="Breadcrumbs">
            <a href="/">ls-record</a>
            {props.crumbs.map(({ text, href }) => (
              <>
                <span>/</span>
                <a href={href}>{visible(text)}</a>
              </>
            ))}
          </nav>
        </header>
        <main id="main" tabindex={-1} data-live={props.live}>
          {props.drawer?.content}
          {props.children}
        </main>
      </body>
    </html>
  )}`;
}

/** What a page is about. */
export function Heading(props: {
  readonly kind: string;
  readonly name: string;
  readonly about?: string | undefined;
}): Html {
  return (
    <>
      <p class="kind">{props.kind}</p>
      <h1 dir="auto">{visible(props.name)}</h1>
      {props.about && (
        <p class="about" dir="auto">
          {visible(props.about)}
        </p>
      )}
    </>
  );
}

/** Figures with their names, side by side. */
export function Figures(props: {
  readonly entries: readonly (readonly [string, Html | string])[];
}): Html {
  return (
    <dl class="figures">
      {props.entries.map(([name, value]) => (
        <div>
          <dt>{visible(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A payload under a title. */
export function Section(props: { readonly title: string; readonly children?: Child }): Html {
  return (
    <section class="whole">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** Room for a table that can be wider than the page; the keyboard scrolls it, too. */
export function Scroll(props: {
  readonly label: string;
  readonly class?: string;
  readonly children?: Child;
}): Html {
  return (
    <section class={`scroll ${props.class ?? ''}`} aria-label={props.label} tabindex={0}>
      {props.children}
    </section>
  );
}

/** Where there is nothing yet: what to type. */
export function Empty(props: { readonly words: string; readonly command?: string }): Html {
  return (
    <div class="empty">
      <p>{props.words}</p>
      {props.command && (
        <pre>
          <code>{visible(props.command)}</code>
        </pre>
      )}
    </div>
  );
}

/** Links to the rows before and after; nothing where one page holds all. */
export function PageLinks(props: {
  readonly url: URL;
  readonly page: Page<unknown>;
  /** How many rows all pages have together, where that is known. */
  readonly total?: number;
}): Html | null {
  const { url, page, total } = props;
  const { offset, rows, hasMore } = page;
  if (offset === 0 && !hasMore) return null;
  return (
    <Pages
      number={offset / PAGE_ROWS + 1}
      rows={[offset + 1, offset + rows.length]}
      total={total}
      hasMore={hasMore}
      hrefOf={(number) => changeAddress(url, { page: String(number) })}
    />
  );
}

/** Which rows are shown, and links to the pages before and after. */
export function Pages(props: {
  readonly number: number;
  /** The first and the last one. */
  readonly rows: readonly [number, number];
  readonly total: number | undefined;
  readonly hasMore: boolean;
  readonly hrefOf: (number: number) => string | undefined;
  readonly children?: Child;
}): Html {
  const { number, rows, total, hasMore, hrefOf, children } = props;
  return (
    <nav class="pages" aria-label="Pages">
      {number > 1 && (
        <a rel="prev" href={hrefOf(number - 1)}>
          ← Previous
        </a>
      )}
      <span>
        Rows {count(rows[0])} to {count(rows[1])}
        {total !== undefined && <> of {count(total)}</>}
      </span>
      {hasMore && (
        <a rel="next" href={hrefOf(number + 1)}>
          Next →
        </a>
      )}
      {children}
    </nav>
  );
}
