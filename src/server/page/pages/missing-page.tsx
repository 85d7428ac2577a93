import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Heading, Layout } from '../layout.js';

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
