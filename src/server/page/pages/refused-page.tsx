import type { Html } from '../html.js';
import { Heading, Layout } from '../layout.js';

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
