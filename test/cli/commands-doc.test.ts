import type { Command, Option } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildCommand } from '../../src/cli/command.js';
import { COMMAND_GROUPS, type Entry } from '../../src/cli/command-table.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const INTRODUCTION = `# Commands

Every command and option, as \`ls-record help COMMAND\` prints them. This page is written by a test from the program itself:
\`npx vitest run test/cli/commands-doc.test.ts -u\`.

Answers go to stdout, everything else to stderr; with \`--json\` the answer is one JSON object, also on failure. On a terminal,
a dataset or experiment that is not named is picked from a list. Experiments are named by name or its start, ID, URL, or as DATASET@latest, @previous or @blessed.
`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function optionRow({ flags, description, argChoices }: Option): string {
  const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)}${choices} |`;
}

function tableOf(options: readonly Option[]): string[] {
  const shown = options.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return [];
  return ['', '| option | meaning |', '| --- | --- |', ...shown.map(optionRow)];
}

/** Options that stand in groups of their own, which all commands have, come once at the end. */
const isCommon = ({ helpGroupHeading }: Option) =>
  helpGroupHeading === 'Destination:' || helpGroupHeading === 'Output:';

async function describeEntry(entry: Entry, path: readonly string[]): Promise<string[]> {
  const words = [...path, entry.word];
  if (!('load' in entry)) {
    const children = await Promise.all(entry.entries.map((one) => describeEntry(one, words)));
    return children.flat();
  }
  const { command } = await entry.load();
  const built = buildCommand(entry, command, machine.context(), () => {});
  return ['', `## ${words.join(' ')}`, '', built.description(), ...describeCommand(built, words)];
}

function describeCommand(command: Command, words: readonly string[]): string[] {
  const takes = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? `<${name}>` : `[${name}]`;
  });
  const meanings = command.registeredArguments.map(
    (one) => `- \`${one.name()}\`: ${cell(one.description)}`,
  );
  const own = command.options.filter((option) => !isCommon(option));
  const groups = [...new Set(own.map(({ helpGroupHeading }) => helpGroupHeading))];
  return [
    '',
    '```',
    ['ls-record', ...words, ...takes, '[options]'].join(' '),
    '```',
    ...(meanings.length > 0 ? ['', ...meanings] : []),
    ...groups.flatMap((group) => [
      ...(group === undefined ? [] : ['', `**${group.replace(/:$/, '')}**`]),
      ...tableOf(own.filter((option) => option.helpGroupHeading === group)),
    ]),
  ];
}

async function commonOptions(): Promise<readonly Option[]> {
  const { command } = await import('../../src/cli/commands/datasets/list.js');
  const named = { word: 'list', summary: 'list' };
  return buildCommand(named, command, machine.context(), () => {}).options.filter(isCommon);
}

test('docs/commands.md has every command and option of the program', async () => {
  const entries = COMMAND_GROUPS.flatMap((group) => group.entries);
  const commands = await Promise.all(entries.map((entry) => describeEntry(entry, [])));

  const page = [
    INTRODUCTION.trimEnd(),
    ...commands.flat(),
    '',
    '## Options of every command',
    ...tableOf(await commonOptions()),
    '',
  ].join('\n');

  await expect(page).toMatchFileSnapshot('../../docs/commands.md');
});
