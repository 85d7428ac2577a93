import type { ColumnFacts } from './column-facts.js';
import { type NamedRole, type Role, roleOf } from './column-roles.js';
import type { Placement } from './column-row.js';

/** A column under one of the names of a role. */
export type Candidate = ColumnFacts & NamedRole;

/** Columns that are still to be placed, and those that are. */
export class ColumnBoard {
  readonly #left = new Map<string, ColumnFacts>();
  readonly #candidates = new Map<Role, Candidate[]>();
  readonly placements: Placement[] = [];
  readonly assumptions: string[] = [];
  /** First words of targets that were told, or that our own names fill: not to be guessed. */
  readonly settled: Set<string>;

  constructor(columns: readonly ColumnFacts[], settled: ReadonlySet<string>) {
    this.settled = new Set(settled);
    for (const column of columns) {
      this.#left.set(column.name, column);
      const named = roleOf(column.name);
      if (!named) continue;
      const candidate = { ...column, ...named };
      const others = this.#candidates.get(named.role);
      if (others) others.push(candidate);
      else this.#candidates.set(named.role, [candidate]);
    }
  }

  /** Those that have no place yet, in their order. */
  get left(): readonly ColumnFacts[] {
    return [...this.#left.values()];
  }

  /** Of these, those that are named for a role, the best first. */
  candidates(role: Role): readonly Candidate[] {
    return (this.#candidates.get(role) ?? [])
      .filter(({ name }) => this.#left.has(name))
      .sort((one, other) => one.rank - other.rank);
  }

  /** Gives a column its place; the first is the only one. */
  place(column: ColumnFacts, target: readonly string[], more: Partial<Placement> = {}): void {
    this.#left.delete(column.name);
    this.placements.push({ column: column.name, target, ...more });
  }

  has(column: ColumnFacts): boolean {
    return this.#left.has(column.name);
  }
}
