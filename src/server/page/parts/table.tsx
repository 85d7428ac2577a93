import type { Html } from '../html.js';
import { Scroll } from '../layout.js';

export interface Column<Row> {
  readonly title: Html | string;
  readonly cell: (row: Row) => Html | string | false | undefined;
  readonly look?: 'number' | 'when' | 'wide' | 'name' | 'place' | 'muted';
}

/** Rows of anything; the first column names them. */
export function Table<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The anchor of a row. */
  readonly idOf?: (row: Row) => string;
}): Html {
  const { label, columns, rows, idOf } = props;
  return (
    <Scroll label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, look }) => (
              <th scope="col" class={look === 'number' ? look : undefined} dir="auto">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr id={idOf?.(row)}>
              {columns.map(({ cell, look }, at) =>
                at === 0 ? (
                  <th scope="row" class={look} dir="auto">
                    {cell(row)}
                  </th>
                ) : (
                  <td class={look}>{cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
