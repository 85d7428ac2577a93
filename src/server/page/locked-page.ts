import { type Html, html } from './html.js';
import { heading, layout } from './layout.js';
import { visible } from './visible.js';

/** A page for which this browser has no session: what to type to get one. */
export function lockedPage(url: URL): Html {
  // In quotes of a shell that no character of the address ends.
  const command = `ls-record open '${url.href.replaceAll("'", '%27')}'`;
  return layout(
    'Open this page with ls-record',
    [],
    html`${heading('Locked', 'Open this page with ls-record', 'Only the owner of this data sees it. Type this on the machine that serves it:')}<div class="empty"><pre><code>${visible(command)}</code></pre></div>`,
  );
}
