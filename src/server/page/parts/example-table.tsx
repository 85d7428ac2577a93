import type { Html } from '../html.js';
import type { ShownRow } from '../reads/row.js';
import { preview } from './payload.js';
import { Table } from './table.js';
import { visible } from './visible.js';

/** Examples of a dataset, each with a link to all of it. */
export function ExampleTable(props: {
  readonly examples: readonly ShownRow[];
  readonly hrefOf: (exampleId: string) => string;
}): Html {
  const { examples, hrefOf } = props;
  return (
    <Table
      label="Examples"
      rows={examples}
      idOf={({ id }) => `e-${id}`}
      columns={[
        {
          title: '#',
          look: 'place',
          cell: ({ id, place }) => (
            <a href={hrefOf(id)} aria-label={`Row ${place}`}>
              {place}
            </a>
          ),
        },
        { title: 'Inputs', look: 'wide', cell: ({ id, inputs }) => preview(inputs, hrefOf(id)) },
        {
          title: 'Reference outputs',
          look: 'wide',
          cell: ({ id, referenceOutputs }) => preview(referenceOutputs, hrefOf(id)),
        },
        { title: 'Split', look: 'muted', cell: ({ splits }) => visible(splits.join(', ')) },
      ]}
    />
  );
}
