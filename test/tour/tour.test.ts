import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Machine } from '../cli/command-line.js';
import { startCloud } from '../support/cloud.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { adviceOn } from './advice.js';
import { install, pack, type } from './installed.js';
import { STEPS } from './steps.js';

const folder = mkdtempSync(join(tmpdir(), 'ls-record-packed-'));
let tarball: string;
beforeAll(() => {
  tarball = pack(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MISUSED = 2;

/** An empty folder with the program in it, on a machine whose every way out leads to servers that know no key. */
async function arrive() {
  const machine = new Machine();
  const { environment: cloud } = await startCloud(undefined);
  const server = await startScriptedServer(() => ({
    status: 403,
    json: { detail: 'Forbidden' },
  }));
  onTestFinished(async () => {
    await server.close();
    machine.remove();
  });
  install(tarball, machine.workingFolder);
  const environment = { ...cloud, REFUSING: server.url };
  return (line: string) => type(line, machine, environment);
}

test('a newcomer gets from the package to the page, by way of all wrong turns', {
  timeout: 120_000,
}, async () => {
  const types = await arrive();

  const transcript: string[] = [];
  const statuses: (number | null)[] = [];
  for (const { line } of STEPS) {
    const { status, screen } = await types(line);
    statuses.push(status);
    transcript.push(`$ ${line}`, ...(screen ? [screen] : []), `──── exit ${status}`, '');
  }

  await expect(transcript.join('\n')).toMatchFileSnapshot('golden/tour.txt');
  expect(statuses).toEqual(STEPS.map(({ status }) => status));
});

// An empty file is mended in the file, so its screen leads to no line to type.
const wrongTurns = STEPS.flatMap(({ line, leadsTo }) =>
  leadsTo ? [[line, leadsTo] as const] : [],
);

test.for(wrongTurns)(
  'what the screen says after %s can be typed',
  {
    timeout: 60_000,
  },
  async ([line, leadsTo]) => {
    const types = await arrive();
    for (const made of STEPS.filter(({ makesFile }) => makesFile)) await types(made.line);
    const { screen } = await types(line);

    const advice = adviceOn(screen, line);
    const ends: Record<string, number | null> = {};
    for (const next of advice) {
      // On a terminal it would show the page until Ctrl-C.
      const typed = next.endsWith(' open') ? `${next} --print` : next;
      ends[next] = (await types(typed)).status;
    }

    expect(advice).toEqual(leadsTo);
    expect(Object.entries(ends).filter(([, status]) => status === MISUSED)).toEqual([]);
  },
);
