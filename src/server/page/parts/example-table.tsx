import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { ShownRow } from '../reads/row.js';
import { preview } from './payload.js';
import { visible } from './visible.js';

/** Examples of a dataset, each with a link to all of it. */
export function ExampleTable(props: {
  readonly examples: readonly ShownRow[];
  readonly hrefOf: (exampleId: string) => string;
}): Html {
  return (
    <Scroll label="Examples">
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Inputs</th>
            <th scope="col">Reference outputs</th>
            <th scope="col">Split</th>
          </tr>
        </thead>
        <tbody>
          {props.examples.map(({ id, place, inputs, referenceOutputs, splits }) => (
            <tr id={`e-${id}`}>
              <th scope="row" class="place">
                <a href={props.hrefOf(id)} aria-label={`Row ${place}`}>
                  {place}
                </a>
              </th>
              <td class="wide">{preview(inputs, props.hrefOf(id))}</td>
              <td class="wide">{preview(referenceOutputs, props.hrefOf(id))}</td>
              <td class="muted">{visible(splits.join(', '))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
