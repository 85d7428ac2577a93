/** A word of a command line as the shell reads it. */
export interface ShellWord {
  readonly text: string;
  /** The quote that is still open at its end, or nothing. */
  readonly quote: string;
}

/** Splits a line that is still being typed; the last word is empty if a space was typed last. */
export function splitLine(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  let text = '';
  let quote = '';
  let begun = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") {
      text += line.charAt(++at);
      begun = true;
    } else if (character === quote) quote = '';
    else if (quote === '' && /["']/.test(character)) {
      quote = character;
      begun = true;
    } else if (quote === '' && /\s/.test(character)) {
      if (begun) words.push({ text, quote });
      text = '';
      begun = false;
    } else {
      text += character;
      begun = true;
    }
  }
  return [...words, { text, quote }];
}
