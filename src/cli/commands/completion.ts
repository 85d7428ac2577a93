import { Argument, Command } from 'commander';
import { addPrintOptions } from '../common-options.js';
import { COMPLETION_SCRIPTS, type Shell } from '../completion/scripts.js';
import type { Context } from '../context.js';
import { Terminal, type TerminalOptions } from '../screen/terminal.js';

export function completionCommand(context: Context): Command {
  const command = new Command('completion')
    .description(
      'Prints a script that lets the shell complete commands, options, files, datasets and experiments. Its first lines say how to install it.',
    )
    .addArgument(
      new Argument('<shell>', 'the shell you use').choices(Object.keys(COMPLETION_SCRIPTS)),
    )
    .action((shell: Shell, options: TerminalOptions) => printScript(context, shell, options));
  return addPrintOptions(command).addHelpText(
    'after',
    `
Examples:
  $ source <(ls-record completion bash)   # this shell only
  $ ls-record completion bash > ~/.local/share/bash-completion/completions/ls-record
  $ ls-record completion zsh > "\${fpath[1]}/_ls-record"
  $ ls-record completion fish > ~/.config/fish/completions/ls-record.fish
`,
  );
}

async function printScript(context: Context, shell: Shell, options: TerminalOptions) {
  const terminal = await Terminal.open(context, options);
  const script = COMPLETION_SCRIPTS[shell];
  if (terminal.json) terminal.answerJson({ shell, script });
  else for (const line of script.split('\n')) terminal.answer(line);
}
