import { LsRecordError } from '../../errors.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { clean, isHeaderText } from './variables.js';

const MAX_CHARACTERS = 10_000;

/**
 * Asks for an API key without showing it, or reads it from what is piped in.
 *
 * @throws {LsRecordError} `AUTH_MISSING` if there is none, `USAGE` if it cannot be one.
 */
export async function readKey(context: Context, terminal: Terminal): Promise<string> {
  const { stdin, stderr, signal } = context;
  if (terminal.mayAsk) {
    const { password } = await import('@inquirer/prompts');
    const typed = await password(
      {
        message: 'API key (create one under Settings, API Keys):',
        mask: '*',
        validate: (text) => whyNoKey(clean(text)) ?? true,
      },
      { input: stdin, output: stderr, signal },
    );
    return clean(typed) ?? '';
  }
  if (stdin.isTTY) {
    throw new LsRecordError('AUTH_MISSING', 'no terminal to ask for the key', {
      hint: 'Pipe it in: ls-record login < key.txt.',
    });
  }

  const key = clean(await readPiped(stdin));
  const problem = whyNoKey(key);
  if (key !== undefined && problem === undefined) return key;
  throw new LsRecordError(key === undefined ? 'AUTH_MISSING' : 'USAGE', `stdin: ${problem}`, {
    hint: 'Pipe in the key and nothing else: ls-record login < key.txt.',
  });
}

function whyNoKey(key: string | undefined): string | undefined {
  if (key === undefined) return 'no key given';
  // Anything else cannot stand in a header.
  if (!isHeaderText(key)) return 'not a valid API key: it contains spaces or control characters';
  if (key.startsWith('ls__')) return 'keys that start with ls__ stopped working in October 2024';
  return undefined;
}

async function readPiped(stdin: Context['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MAX_CHARACTERS) break;
  }
  return text;
}
