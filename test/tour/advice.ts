/** What an option takes that is advised without a value. */
const VALUES: Readonly<Record<string, string>> = { '--dataset': ' capitals' };

/** Not where a sentence begins with it, as in `ls-record makes …`. */
const COMMAND =
  /(?<=\S +)ls-record (?:--help|(?:(?:datasets|examples|experiments) )?[a-z]+)(?: (?:[\w-]+\.[a-z]+|--dataset \w+|--help))*/g;

/** What a person types next who does what the screen says, word for word. */
export function adviceOn(screen: string, typed: string): string[] {
  // Text is broken between words where the screen ends; a remark behind a command is no advice.
  const text = screen.replace(/ +# .*$/gm, '').replace(/\n/g, ' ');
  const commands = text.match(COMMAND) ?? [];
  const words = text.replace(COMMAND, '');
  return [...new Set([...commands, ...withWordMended(words, typed), ...withOptions(words, typed)])];
}

/** `Did you mean record?` is about the word that stands in quotes. */
function withWordMended(words: string, typed: string): string[] {
  const [, wrong] =
    /(?:unknown (?:command|option) '|no such file: )(\S+?)(?:'|\s|$)/.exec(words) ?? [];
  const [, right] = /Did you mean (\S+)\?/.exec(words) ?? [];
  return wrong && right ? [typed.replace(wrong, right)] : [];
}

function withOptions(words: string, typed: string): string[] {
  if (words.includes('Did you mean')) return [];
  const options = words.match(/(?<=^|\s)--[a-z-]+/g) ?? [];
  return options.map((option) => `${typed} ${option}${VALUES[option] ?? ''}`);
}
