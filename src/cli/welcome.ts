/** What `ls-record` says when nothing else was typed. */
export const WELCOME = `ls-record makes LangSmith experiments of evaluation results, there or on this machine.

To begin:
  $ ls-record validate results.jsonl                     # what is in it
  $ ls-record record results.jsonl --dataset capitals    # --local: without an account
  $ ls-record open                                       # look at it

All commands: ls-record --help
`;
