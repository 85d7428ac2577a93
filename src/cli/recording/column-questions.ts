import { LsRecordError } from '../../errors.js';
import type { ColumnQuestion } from '../../results/named-columns/named-columns.js';
import type { RecognisedSource } from '../../results/recognise.js';
import type { Context } from '../context.js';
import { printable } from '../screen/printable.js';
import { Terminal, type TerminalOptions } from '../screen/terminal.js';
import { widestOf } from '../screen/width.js';
import { quoteForShell } from '../screen/words.js';

/**
 * Asks what columns of a file mean.
 *
 * @param answered answers to the same questions of other files; what is answered now is added.
 * @returns the answers as values of `--map`.
 * @throws {LsRecordError} `USAGE` if nobody can be asked; its hint has the `--map` to add.
 */
export async function answerQuestions(
  { name, questions }: Pick<RecognisedSource, 'name' | 'questions'>,
  answered: Map<string, string>,
  options: TerminalOptions,
  context: Context,
): Promise<string[]> {
  const file = name === '-' ? 'stdin' : name;
  const { mayAsk } = await Terminal.open(context, options);
  if (!mayAsk) throw unanswered(file, questions);

  const { select } = await import('@inquirer/prompts');
  const { stdin, stderr, signal } = context;
  const answers: string[] = [];
  for (const { message, choices } of questions) {
    const question = JSON.stringify([message, choices]);
    const answer =
      answered.get(question) ??
      (await select(
        {
          message: `${printable(file)}: ${printable(message)}`,
          choices: choices.map(({ map, meaning }) => ({ value: map, name: printable(meaning) })),
        },
        { input: stdin, output: stderr, signal },
      ));
    answered.set(question, answer);
    answers.push(answer);
  }
  return answers;
}

function unanswered(file: string, questions: readonly ColumnQuestion[]): LsRecordError {
  const asked = questions.map(({ message }) => `\n  ${message}`).join('');
  const firsts = questions.flatMap(({ choices }) => choices.slice(0, 1));
  const others = questions.flatMap(({ choices }) => choices.slice(1));
  const widest = widestOf(others.map(({ map }) => mapOption(map)));
  const lines = others.map(({ map, meaning }) => `  ${mapOption(map).padEnd(widest)}  ${meaning}`);
  const instead =
    lines.length > 0 ? `\nor, where that is not what is meant:\n${lines.join('\n')}` : '';
  return new LsRecordError('USAGE', `${file}: it cannot be told what all columns mean${asked}`, {
    hint: `Say it, for example:\n  ${firsts.map(({ map }) => mapOption(map)).join(' ')}${instead}`,
  });
}

function mapOption(map: string): string {
  return `--map ${quoteForShell(map)}`;
}
