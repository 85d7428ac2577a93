import type { Html } from '../html.js';
import type { Display } from './payload.js';

const READINGS = { rich: 'Formatted', plain: 'Plain text', json: 'JSON' } as const;

/** How the payloads of a page are shown, as its URL says. */
export function readingOf(url: URL): Display {
  const text = url.searchParams.get('text');
  return text === 'plain' || text === 'json' ? text : 'rich';
}

/** Links to the same page with its payloads shown in another way. */
export function ReadingLinks({ url }: { readonly url: URL }): Html {
  const current = readingOf(url);
  const readings = Object.keys(READINGS) as Display[];
  const next = readings[(readings.indexOf(current) + 1) % readings.length];
  return (
    <nav class="choice" aria-label="How texts are shown">
      {readings.map((reading) => {
        const query = new URLSearchParams(url.search);
        query.set('text', reading);
        return (
          <a
            href={`?${query}`}
            aria-current={reading === current ? 'true' : undefined}
            aria-keyshortcuts={reading === next ? 'v' : undefined}
          >
            {READINGS[reading]}
          </a>
        );
      })}
    </nav>
  );
}
