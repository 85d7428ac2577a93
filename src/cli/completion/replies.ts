import type { PlaceOptions } from '../access/settings.js';
import type { Context } from '../context.js';
import { type Names, recallNames, refreshInBackground, refreshNames } from './names.js';
import type { Shell } from './scripts.js';
import { splitLine } from './shell-words.js';
import { type Completion, completeWords } from './words.js';

/** How each shell asks, and wants its answers. */
const REPLIES: Record<Shell, (asked: readonly string[]) => Question> = {
  bash: ([line = '', breaks = '']) => {
    const words = splitLine(line);
    const { quote, text } = words.at(-1) ?? { quote: '', text: '' };
    return {
      words: words.slice(1).map((word) => word.text),
      reply: (word, { prefix }) =>
        quote === '' ? afterBreaks(prefix + quoteForBash(word), text, breaks) : word,
    };
  },
  zsh: (words) => ({
    words,
    reply: (word, _, note) => `${word.replaceAll(/[\\:]/g, '\\$&')}${note && `:${note}`}`,
  }),
  fish: (words) => ({
    words,
    reply: (word, { prefix }, note) => `${prefix}${word}${note && `\t${note}`}`,
  }),
};

interface Question {
  readonly words: readonly string[];
  reply(word: string, completion: Completion, note: string): string;
}

/**
 * Answers a shell that completes a line, or with `refresh` finds out what names there are.
 * Never asks, and never says why there is no answer: it would stand in the middle of what is typed.
 *
 * @param askServer finds out names for the next time.
 */
export async function answerShell(
  [shell = '', ...asked]: readonly string[],
  context: Context,
  askServer: typeof refreshInBackground = refreshInBackground,
): Promise<void> {
  try {
    if (shell === 'refresh') {
      await refreshNames(context, JSON.parse(asked[0] ?? '{}') as PlaceOptions);
      return;
    }
    if (!isShell(shell)) return;
    const { words, reply } = REPLIES[shell](asked);
    const completion = await completeWords(words, context, (options) =>
      namesOf(context, options, askServer),
    );
    const lines = completion.words.map(({ value, note }) => reply(value, completion, note));
    context.stdout.write(
      [completion.files ? 'files' : 'words', ...lines].map((line) => `${line}\n`).join(''),
    );
  } catch {
    // As said above.
  }
}

function namesOf(
  context: Context,
  options: PlaceOptions,
  askServer: typeof refreshInBackground,
): Names {
  const { local, endpoint, workspace, profile, envFile, caCert } = options;
  const place = { local, endpoint, workspace, profile, envFile, caCert };
  return recallNames(context, place, () => askServer(context, place));
}

function isShell(text: string): text is Shell {
  return Object.hasOwn(REPLIES, text);
}

function quoteForBash(word: string): string {
  return word.replaceAll(/[^\p{L}\p{N}_.,:=@%+/-]/gu, '\\$&').replace(/^~/, '\\~');
}

/** bash replaces only what stands after the last `=` or `:`, if it takes those for ends of words. */
function afterBreaks(reply: string, typed: string, breaks: string): string {
  const ends = [...'=:'].filter((character) => breaks.includes(character));
  const last = Math.max(...ends.map((character) => typed.lastIndexOf(character)), -1);
  const passed = [...typed.slice(0, last + 1)].filter((character) => ends.includes(character));
  let rest = reply;
  for (const character of passed) rest = rest.slice(rest.indexOf(character) + 1);
  return rest;
}
