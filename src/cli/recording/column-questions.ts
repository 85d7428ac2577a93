import { LsRecordError } from '../../errors.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { ColumnAnswer, ColumnQuestion } from '../../results/named-columns/named-columns.js';
import { quoteName } from '../../results/named-columns/names.js';
import type { RecognisedSource } from '../../results/recognised.js';
import type { Context } from '../context.js';
import { printable } from '../screen/printable.js';
import { Terminal, type TerminalOptions } from '../screen/terminal.js';
import { asArgument } from '../screen/words.js';

/**
 * Asks what columns of a file mean.
 *
 * @param answered answers to the same questions of other files; what is answered now is added.
 * @returns the answers, as options of the command line.
 * @throws {LsRecordError} `USAGE` if nobody can be asked; its hint has the options to add.
 */
export async function answerQuestions(
  { name, questions }: Pick<RecognisedSource, 'name' | 'questions'>,
  answered: Map<string, ColumnAnswer>,
  options: TerminalOptions,
  context: Context,
): Promise<ColumnAnswer[]> {
  const { mayAsk } = await Terminal.open(context, options);
  const isDataset = questions.some(({ choices }) => choices.length === 0);
  if (!mayAsk || isDataset) throw unanswered(name, questions);

  const { select } = await import('@inquirer/prompts');
  const { stdin, stderr, signal } = context;
  const file = printable(inWords(name));
  const answers: ColumnAnswer[] = [];
  for (const { message, choices } of questions) {
    const question = JSON.stringify([message, choices]);
    const answer =
      answered.get(question) ??
      (await select(
        {
          message: `${file}: ${printable(message)}`,
          choices: choices.map(({ options: value, meaning }) => ({
            value,
            name: printable(meaning),
          })),
        },
        { input: stdin, output: stderr, signal },
      ));
    answered.set(question, answer);
    answers.push(answer);
  }
  return answers;
}

function inWords(name: string): string {
  return name === '-' ? 'stdin' : name;
}

function unanswered(name: string, questions: readonly ColumnQuestion[]): LsRecordError {
  const asked = questions.map(({ message }) => `\n  ${message}`).join('');
  const isDataset = questions.some(({ choices }) => choices.length === 0);
  const columns = questions[0]?.columns ?? [];
  const makeDataset = `  ls-record datasets create NAME --from ${quoteForShell(asArgument(name))}`;
  const hint = [
    ...(isDataset ? [] : ['Say which it is, for example:', `  ${suggest(questions)}`]),
    ...(isDataset ? ['To store its examples:', makeDataset] : []),
    ...(!isDataset && questions.some(({ mayBeDataset }) => mayBeDataset)
      ? ['or, if it is a dataset:', makeDataset]
      : []),
    'The columns are:',
    ...columns,
  ];
  return new LsRecordError('USAGE', `${inWords(name)}: cannot infer what every column is${asked}`, {
    hint: hint.join('\n'),
  });
}

/** The options that answer all questions; where nothing speaks for a column, a place for its name. */
function suggest(questions: readonly ColumnQuestion[]): string {
  const answers = questions.map(({ choices: [first], hasGuess }) => {
    const options = Object.entries(first?.options ?? {});
    return options.map(([option, names]) => {
      const value = hasGuess ? joinNames(names) : 'COLUMN';
      return `--${option} ${value}`;
    });
  });
  return answers.flat().join(' ');
}

/** A single name is taken as it is, whatever is in it. */
function joinNames(names: readonly string[]): string {
  return quoteForShell(names.length === 1 ? (names[0] ?? '') : names.map(quoteName).join(','));
}
