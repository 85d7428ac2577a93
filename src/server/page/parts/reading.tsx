import type { Html } from '../html.js';
import { changeAddress, readView, TEXTS, type View } from '../query.js';

const NAMES = { rich: 'Formatted', plain: 'Plain text', json: 'JSON' } as const;

/** How the payloads of a page are shown, as its address says. */
export function readingOf(url: URL): View['text'] {
  return readView(url.searchParams).text;
}

/** Links to the same page with its payloads shown in another way. */
export function ReadingLinks({ url }: { readonly url: URL }): Html {
  const current = readingOf(url);
  const next = TEXTS[(TEXTS.indexOf(current) + 1) % TEXTS.length];
  return (
    <nav class="choice" aria-label="How texts are shown">
      {TEXTS.map((text) => (
        <a
          href={changeAddress(url, { text })}
          aria-current={text === current ? 'true' : undefined}
          aria-keyshortcuts={text === next ? 'v' : undefined}
        >
          {NAMES[text]}
        </a>
      ))}
    </nav>
  );
}
