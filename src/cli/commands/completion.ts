import { Argument } from 'commander';
import { declare } from '../command.js';
import { COMPLETION_SCRIPTS, type Shell } from '../completion/scripts.js';

export const command = declare<object, [Shell]>({
  details:
    'Completes commands, options, files, datasets and experiments. Its first lines explain how to install it.',
  arguments: [new Argument('<shell>', 'your shell').choices(Object.keys(COMPLETION_SCRIPTS))],
  examples: [
    'source <(ls-record completion bash)   # this shell only',
    'ls-record completion bash > ~/.local/share/bash-completion/completions/ls-record',
    'ls-record completion zsh > "$fpath[1]/_ls-record"',
    'ls-record completion fish > ~/.config/fish/completions/ls-record.fish',
  ],
  isOffline: true,
  async run({ terminal, answer }, [shell]) {
    const script = COMPLETION_SCRIPTS[shell];
    answer({ shell, script }, () => {
      for (const line of script.split('\n')) terminal.answer(line);
    });
  },
});
