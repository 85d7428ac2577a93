/** What `ls-record` says when nothing else was typed; narrow enough for any terminal. */
export const WELCOME = `ls-record records evaluation results as LangSmith experiments.

To begin:
  $ ls-record validate results.jsonl   # check it first
  $ ls-record record results.jsonl --dataset capitals
  # without an account, on this machine: add --local
  $ ls-record open                     # look at it

All commands: ls-record --help
`;
