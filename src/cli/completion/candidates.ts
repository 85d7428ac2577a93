export interface Candidate {
  readonly value: string;
  readonly note: string;
}

/** What the shell completes that only a server knows. */
export interface Names {
  readonly datasets: readonly string[];
  readonly experiments: readonly { readonly name: string; readonly dataset: string | null }[];
  readonly workspaces: readonly Candidate[];
}
