import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout } from '../layout.js';

/** What a form sent was not stored. */
export function refusedPage(why: string, back: string): Html {
  return (
    <Layout title="Not saved" crumbs={[]}>
      <Heading kind="Not saved" name="Nothing was saved" about={why} />
      <p>
        <a href={back}>Back</a>
      </p>
    </Layout>
  );
}

/** What was asked for is not here, and where to look instead. */
export function missingPage(what: string, at: Addresses): Html {
  return (
    <Layout title={what} crumbs={[]}>
      <Heading
        kind="Not found"
        name={what}
        about="It may have been deleted, or recorded elsewhere: another LS_RECORD_HOME, or LangSmith itself."
      />
      <p>
        <a href={at.datasets()}>All datasets on this machine</a>
      </p>
    </Layout>
  );
}

/** A page for which this browser has no session: what to type to get one. */
export function lockedPage(url: URL): Html {
  const title = 'Open this page with ls-record';
  // In quotes of a shell that no character of the address ends.
  const command = `ls-record open '${url.href.replaceAll("'", '%27')}'`;
  return (
    <Layout title={title} crumbs={[]}>
      <Heading kind="Locked" name={title} about="Only the owner of this data sees it." />
      <Empty words="Type this on the machine that serves it:" command={command} />
    </Layout>
  );
}
