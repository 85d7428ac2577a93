/** What `ls-record` says when nothing else was typed; narrow enough for any terminal. */
export const WELCOME = `ls-record makes LangSmith experiments of evaluation results.

To begin:
  $ ls-record validate results.jsonl   # what is in it
  $ ls-record record results.jsonl --dataset capitals
  # the same without an account, on this machine: --local
  $ ls-record open                     # look at it

All commands: ls-record --help
`;
