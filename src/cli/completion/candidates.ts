export interface CompletionWord {
  readonly value: string;
  readonly note: string;
}

/** What the shell completes that only a server knows. */
export interface KnownNames {
  readonly datasets: readonly string[];
  readonly experiments: readonly { readonly name: string; readonly dataset: string | null }[];
  readonly workspaces: readonly CompletionWord[];
}
