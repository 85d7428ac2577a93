import { readFileSync } from 'node:fs';
import type { DestinationOptions } from '../access/destination.js';
import type { Context } from '../context.js';
import { type Completion, completeWords, type Sources } from './complete-words.js';
import type { Refresh } from './known-names.js';
import type { CommandOutline } from './outline.js';
import type { Shell } from './scripts.js';
import { splitLine } from './shell-words.js';

/** Written by the build, which asks `ls-record __complete outline` for it. */
const BUILT = new URL('./outline.json', import.meta.url);

/** How each shell asks, and wants its answers. */
const REPLIES: Record<Shell, (asked: readonly string[]) => ShellQuestion> = {
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

interface ShellQuestion {
  readonly words: readonly string[];
  reply(word: string, completion: Completion, note: string): string;
}

/**
 * Answers a shell that completes a line. With `refresh` it finds out what names there are, and with `outline` it prints
 * what the build keeps of the commands. Never asks, and never says why there is no answer: it would stand in the middle
 * of what is typed.
 *
 * @param refresh finds out names, for this time or the next.
 */
export async function answerShell(
  [shell = '', ...asked]: readonly string[],
  context: Context,
  refresh?: Refresh,
): Promise<void> {
  if (shell === 'outline') {
    const { describeCommands } = await import('./describe-commands.js');
    context.stdout.write(`${JSON.stringify(await describeCommands(context))}\n`);
    return;
  }
  try {
    if (shell === 'refresh') {
      const { refreshNames } = await import('./known-names.js');
      await refreshNames(context, JSON.parse(asked[0] ?? '{}') as DestinationOptions);
    } else if (isShell(shell)) {
      context.stdout.write(await answer(REPLIES[shell](asked), context, refresh));
    }
  } catch {
    // As said above.
  }
}

async function answer(
  { words, reply }: ShellQuestion,
  context: Context,
  refresh: Refresh | undefined,
): Promise<string> {
  const outline = await readOutline(context, words);
  const completion = await completeWords(words, outline, sourcesFor(context, refresh));
  const lines = completion.words.map(({ value, note }) => reply(value, completion, note));
  return [completion.files ? 'files' : 'words', ...lines].map((line) => `${line}\n`).join('');
}

/**
 * The outline of the program.
 *
 * @param typed words whose commands matter, where the build has left no outline.
 */
async function readOutline(context: Context, typed: readonly string[]): Promise<CommandOutline> {
  try {
    return JSON.parse(readFileSync(BUILT, 'utf8')) as CommandOutline;
  } catch {
    const { describeCommands } = await import('./describe-commands.js');
    return describeCommands(context, typed);
  }
}

/** Loaded when they are wanted: most of the time it is a command or an option. */
function sourcesFor(context: Context, refresh: Refresh | undefined): Sources {
  return {
    async names({ local, endpoint, workspace, profile, dotenv, caCert }) {
      const { recallNames, refreshInBackground } = await import('./known-names.js');
      const place = { local, endpoint, workspace, profile, dotenv, caCert };
      return recallNames(context, place, refresh ?? refreshInBackground);
    },
    async profiles(options) {
      const { listProfiles } = await import('./on-this-machine.js');
      return listProfiles(context, options);
    },
    async recordings(options) {
      const { listCutOff } = await import('./on-this-machine.js');
      return listCutOff(context, options);
    },
  };
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
  const last = ends.reduce((at, character) => Math.max(at, typed.lastIndexOf(character)), -1);
  const passed = [...typed.slice(0, last + 1)].filter((character) => ends.includes(character));
  let rest = reply;
  for (const character of passed) rest = rest.slice(rest.indexOf(character) + 1);
  return rest;
}
