import type { Html } from '../html.js';
import { Heading, Layout } from '../layout.js';
import { visible } from '../parts/visible.js';

const TITLE = 'Open this page with ls-record';

/** A page for which this browser has no session: what to type to get one. */
export function lockedPage(url: URL): Html {
  // In quotes of a shell that no character of the address ends.
  const command = `ls-record open '${url.href.replaceAll("'", '%27')}'`;
  return (
    <Layout title={TITLE} crumbs={[]}>
      <Heading
        kind="Locked"
        name={TITLE}
        about="Only the owner of this data sees it. Type this on the machine that serves it:"
      />
      <div class="empty">
        <pre>
          <code>{visible(command)}</code>
        </pre>
      </div>
    </Layout>
  );
}
