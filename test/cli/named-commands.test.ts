import { expect, test } from 'vitest';
import { asTyped } from '../../src/cli/screen/named-commands.js';

const place = { endpoint: 'https://eu.api.smith.langchain.com', dotenv: ['my env'] };
const FLAGS = "--endpoint https://eu.api.smith.langchain.com --dotenv 'my env'";

test.for([
  ['To list them: ls-record datasets list', `To list them: ls-record datasets list ${FLAGS}`],
  [
    'See it with ls-record evaluators show x -d y. Then go on.',
    `See it with ls-record evaluators show x -d y ${FLAGS}. Then go on.`,
  ],
  [
    'ls-record queues create NAME, then ls-record queues add NAME EXPERIMENT.',
    `ls-record queues create NAME ${FLAGS}, then ls-record queues add NAME EXPERIMENT ${FLAGS}.`,
  ],
  [
    "ls-record score 'it'\\''s; a. b' --from v1.2.jsonl; or stop",
    `ls-record score 'it'\\''s; a. b' --from v1.2.jsonl ${FLAGS}; or stop`,
  ],
  ['ls-record gate … (or a file)', `ls-record gate … ${FLAGS} (or a file)`],
])('a command that is named goes where this one goes: %s', ([text, typed]) => {
  expect(asTyped(text ?? '', 'ls-record', place)).toBe(typed);
});

test.for([
  'To log in: ls-record login.',
  'See ls-record record --help.',
  'To open it: ls-record open',
  'Run ls-record serve or ls-record doctor',
  'which ls-record does not run',
])('what goes nowhere, or finds its way, stays: %s', (text) => {
  expect(asTyped(text, 'ls-record', { local: true })).toBe(text);
});

test('is named as the program was called', () => {
  expect(asTyped('ls-record gate a; ls-record login', 'npx ls-record', { local: true })).toBe(
    'npx ls-record gate a --local; npx ls-record login',
  );
});
