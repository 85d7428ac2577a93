import type { Context } from '../context.js';

/** Asks whether to go on; Enter alone is a no. */
export async function askYes(
  message: string,
  { stdin, stderr, signal }: Context,
): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message, default: false }, { input: stdin, output: stderr, signal });
}
