import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** The words of a line, as a shell parts them. */
function typed(line: string): string[] {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}

/** The line below another one in what was said. */
function below(said: string, line: string): string {
  const lines = said.split('\n');
  return lines[lines.indexOf(line) + 1]?.trim() ?? '';
}

describe('what an error suggests works when it is typed', () => {
  test.for<readonly [string, string]>([
    ['two answers', 'question,answer,response,ground_truth\nWho?,She,Her,She\n'],
    ['an instruction with its output', 'instruction,output,response\nSay hi,Hi,Hello\n'],
    ['commas in names', '"text, of it","answer, 1","answer, 2",f1\na,b,c,1\n'],
    ['quotes in names', `input,"the ""first"" answer",it's an answer\na,b,c\n`],
    ['a dollar and a space', '$user prompt,the response?,completion (in $)\na,b,c\n'],
    ['contexts whose name has a comma', '"Frage ",contexts,answer,f1\n"Wer war das?",[],b,1\n'],
    ['a question in another language', 'pregunta,respuesta,score\n¿Quién?,Lo hizo ella ayer,1\n'],
    ['a name with an equals sign', 'a=question,b=response,x=reply,f1\na,b,c,1\n'],
  ])('for %s', async ([, table]) => {
    const files = { 'own table.csv': table };
    const asked = await machine.run(['validate', 'own table.csv'], { files });

    const options = typed(below(asked.stderr, 'Say which it is, for example:'));
    const { status, stderr } = await machine.run(['validate', 'own table.csv', ...options], {
      files,
    });

    expect(asked.status).toBe(2);
    expect(options.length).toBeGreaterThan(1);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  test.for<readonly [string, string]>([
    ['To store its examples:', 'question\nWho?\n'],
    ['To store its examples:', 'question,ground_truth\nWho?,She\n'],
    ['or, if it is a dataset:', 'question,answer\nWho?,She\n'],
  ])('as a dataset: %s', async ([line, table]) => {
    const files = { "it's a table.csv": table };
    const asked = await machine.run(['validate', "it's a table.csv"], { files });

    const [, ...command] = typed(below(asked.stderr, line).replace('NAME', 'bank'));
    const { status, stderr } = await machine.run([...command, '--local'], { files });

    expect(asked.status).toBe(2);
    expect(command.slice(0, 3)).toEqual(['datasets', 'create', 'bank']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  test.for<readonly [string, string]>([
    ['is a score', 'question,response,f1,used, tool\nWho?,She,1,True\n'],
    ['is not a score', "question,response,it's a vote\nWho?,She,4\n"],
  ])('in an assumption: a column %s', async ([words, table]) => {
    const files = { 'table.csv': table.replace('used, tool', '"used, tool"') };
    const read = await machine.run(['validate', 'table.csv'], { files });

    const [, option = ''] = /\((--.*?)(?: if it is not| makes it one)\)/.exec(read.stdout) ?? [];
    const { stdout } = await machine.run(['validate', 'table.csv', ...typed(option)], { files });

    expect(read.stdout).toContain(words);
    expect(stdout).not.toContain(words);
  });
});
