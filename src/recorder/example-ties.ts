import { ExampleTable } from '../prepare/example-table.js';
import type { RowHead } from '../prepare/packed-row.js';
import { uuidBytes } from '../uuid.js';

type Named = Pick<RowHead, 'example' | 'isNamed' | 'byContent'>;

/**
 * Which examples rows are tied to, as far as their dataset has them: a row that names an example which is not there is of
 * the one that its inputs and reference name. Some 35 bytes for each name that is not there.
 */
export class ExampleTies {
  readonly #absent = new ExampleTable();
  readonly #refused = new Map<string, string>();

  /** Takes down that the dataset has no example of a name that a row gives. */
  setAbsent(id: string): void {
    this.#absent.add({ id: uuidBytes(id), content: 0 });
  }

  /** Why each example that the server refused was refused. */
  get refusals(): readonly string[] {
    return [...this.#refused.values()];
  }

  /** Takes down why the server refused an example. */
  refuse(id: string, reason: string): void {
    this.#refused.set(id, reason);
  }

  /** The UUID of a row's example. */
  exampleOf(head: Named): string {
    return (this.isByContent(head) ? head.byContent : head.example) ?? '';
  }

  /** Whether a row names an example that is not there, and has inputs that name another. */
  isByContent(head: Named): boolean {
    return head.byContent !== undefined && this.#isAbsent(head);
  }

  /** Why a row cannot be recorded; undefined if it can. */
  refusalOf(head: Named): string | undefined {
    const reason = this.#refused.get(this.exampleOf(head));
    if (reason !== undefined || this.isByContent(head) || !this.#isAbsent(head)) return reason;
    return `the dataset has no example ${head.example}, and the row has no inputs to create it from`;
  }

  #isAbsent({ isNamed, example = '' }: Named): boolean {
    return isNamed === true && this.#absent.find(uuidBytes(example)) !== undefined;
  }
}
