import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { Machine } from '../cli/command-line.js';
import { startCloud } from '../support/cloud.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { Emulator } from './emulator.js';
import { SCENES, type Scene } from './scenes.js';
import { stable } from './stable.js';

/** Of the colours that any terminal has: those that are read on a dark ground and on a light one. */
const READABLE = new Set([0, 1, 2, 22, 31, 32, 34, 35, 36, 39]);

/** A machine on which all was done that comes before the scene. */
async function prepare(scene: Scene) {
  const machine = new Machine();
  onTestFinished(() => machine.remove());
  const environment = {
    // Home where it is on a machine that nobody set up.
    LS_RECORD_HOME: '',
    ...scene.environment,
    ...(await startServer(scene.server)),
  };
  const setup = { files: scene.files ?? {}, environment };
  for (const argv of scene.after ?? [])
    expect(await machine.run(argv, setup)).toMatchObject({ status: 0 });
  return { machine, setup: { ...setup, ...(scene.stdin && { stdin: scene.stdin }) } };
}

async function startServer(server: Scene['server']): Promise<Record<string, string>> {
  if (server === 'refusing-keys') return (await startCloud(undefined)).environment;
  if (server !== 'refusing-rows') return {};
  const home = await openTestHome();
  const proxy = await startFaultProxy(home.url, ({ path, body }) =>
    path.endsWith('/runs/multipart') && body.includes('Question 3')
      ? { kind: 'status', status: 422, when: 'before', words: 'the answer is too odd' }
      : undefined,
  );
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  return { LANGSMITH_API_KEY: 'key', LANGSMITH_ENDPOINT: proxy.url };
}

/** Plays a scene on a terminal. */
async function play(scene: Scene, columns: number, inks: Record<string, string> = {}) {
  const { machine, setup } = await prepare(scene);
  const environment = { ...setup.environment, ...inks };
  const context = machine.context({ ...setup, environment, terminal: { columns } });
  const emulator = new Emulator(columns);
  const stream = () => emulator.stream((text) => stable(text, machine));
  const stdin = setup.stdin === undefined ? context.stdin : machine.context(setup).stdin;
  const status = await main(scene.argv, { ...context, stdin, stdout: stream(), stderr: stream() });
  return { status, screen: await emulator.read(), written: emulator.written };
}

/** Plays a scene with nobody there. */
async function pipe(scene: Scene) {
  const { machine, setup } = await prepare(scene);
  const { status, ...said } = await machine.run(scene.argv, setup);
  return { status, stdout: stable(said.stdout, machine), stderr: stable(said.stderr, machine) };
}

/** Screens that are the same at several widths are shown once. */
function describeScreens(scene: Scene, screens: ReadonlyMap<string, string>): string {
  const places = new Map<string, string[]>();
  for (const [place, screen] of screens) places.set(screen, [...(places.get(screen) ?? []), place]);
  const shown = [...places].map(([screen, at]) => `──── ${at.join(', ')}\n${screen}\n`);
  return `$ ls-record ${scene.argv.join(' ')}\n\n${shown.join('\n')}`;
}

describe.for(SCENES.map((scene) => [scene.name, scene] as const))('%s', ([name, scene]) => {
  const status = scene.status ?? 0;

  test('looks as it should at 60, 80 and 200 columns, and piped', async () => {
    const screens = new Map<string, string>();
    for (const columns of [60, 80, 200]) {
      const { screen, ...ended } = await play(scene, columns);
      expect(ended).toMatchObject({ status });
      screens.set(`${columns} columns`, screen);
    }
    const piped = await pipe(scene);
    for (const stream of ['stdout', 'stderr'] as const)
      if (piped[stream]) screens.set(`piped, ${stream}`, piped[stream].trimEnd());

    expect(piped.status).toBe(status);
    expect(piped.stdout + piped.stderr).not.toContain('\u001b');
    await expect(describeScreens(scene, screens)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test('says the same without colours, and none that cannot be read', async () => {
    const inColour = await play(scene, 80);
    const plain = await play(scene, 80, { NO_COLOR: '1' });

    expect(plain.screen).toBe(inColour.screen);
    expect(coloursOf(plain.written)).toEqual([]);
    for (const colour of coloursOf(inColour.written)) expect(READABLE).toContain(colour);
  });
});

function coloursOf(written: string): number[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for.
  const sequences = written.matchAll(/\u001b\[([0-9;]*)m/g);
  return [...sequences].flatMap(([, numbers = '']) => numbers.split(';').map(Number));
}
