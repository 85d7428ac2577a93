import type { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readDataFolder } from '../../src/cli/access/destination.js';
import type { Context } from '../../src/cli/context.js';
import { openHome } from '../../src/cli/home/home-server.js';
import { main } from '../../src/cli/main.js';
import { widthOf } from '../../src/cli/screen/width.js';
import { Machine, type Setup } from '../cli/command-line.js';
import { KEYS } from '../cli/typist.js';
import { Emulator } from './emulator.js';
import { SCENES, type Scene } from './scenes.js';
import { SERVERS } from './servers.js';
import { stable } from './stable.js';

/** Of the colours that any terminal has: those that are read on a dark ground and on a light one. */
const READABLE = new Set([0, 1, 2, 22, 31, 32, 34, 35, 36, 39]);

/** A machine on which all was done that comes before a scene. */
interface Stage {
  readonly machine: Machine;
  readonly setup: Setup;
}

async function prepare(scene: Scene): Promise<Stage> {
  const machine = new Machine();
  onTestFinished(() => machine.remove());
  const environment = {
    // Home where it is on a machine that nobody set up.
    LS_RECORD_HOME: '',
    ...(scene.server && (await SERVERS[scene.server]())),
    ...scene.environment,
  };
  const setup = { files: scene.files ?? {}, environment };
  if (scene.dataset !== undefined) await makeDataset(scene.dataset, machine.context(setup));
  for (const argv of scene.after ?? [])
    expect(await machine.run(argv, setup)).toMatchObject({ status: 0 });
  return { machine, setup: { ...setup, ...(scene.stdin && { stdin: scene.stdin }) } };
}

/** Ids of examples are hashes of their dataset's, and examples are listed by their ids. */
async function makeDataset(name: string, context: Context): Promise<void> {
  const home = await openHome(readDataFolder(context, { local: true }));
  const { status } = await fetch(`${home.url}/api/v1/datasets`, {
    method: 'POST',
    headers: { 'x-api-key': home.token },
    body: JSON.stringify({ name, id: '00000000-0000-4000-8000-000000000000' }),
  });
  await home.close();
  expect(status).toBe(200);
}

/** Plays a scene on a terminal. */
async function play(
  scene: Scene,
  { machine, setup }: Stage,
  columns: number,
  inks: Record<string, string> = {},
) {
  const environment = { ...setup.environment, ...inks };
  const context = machine.context({ ...setup, environment, terminal: { columns } });
  const emulator = new Emulator(columns);
  const stream = () => emulator.stream((text) => stable(text, machine));
  const stdin = setup.stdin === undefined ? context.stdin : machine.context(setup).stdin;
  const end = main(scene.argv, { ...context, stdin, stdout: stream(), stderr: stream() });
  const asked = scene.until === undefined ? undefined : await emulator.readWhen(scene.until);
  if (asked !== undefined) (stdin as PassThrough).write(KEYS.ctrlC);
  const status = await end;
  return { status, screen: asked ?? (await emulator.read()), written: emulator.written };
}

/** Plays a scene with nobody there. */
async function pipe(scene: Scene, { machine, setup }: Stage) {
  const { status, ...said } = await machine.run(scene.argv, setup);
  return { status, stdout: stable(said.stdout, machine), stderr: stable(said.stderr, machine) };
}

/** Plays a scene in all ways there are, one after the other, and on one machine if it is left as it was. */
async function playAll(scene: Scene) {
  const shared = scene.writes ? undefined : await prepare(scene);
  const stage = async () => shared ?? (await prepare(scene));
  return {
    narrow: await play(scene, await stage(), 60),
    usual: await play(scene, await stage(), 80),
    wide: await play(scene, await stage(), 200),
    plain: await play(scene, await stage(), 80, { NO_COLOR: '1' }),
    piped: await pipe(scene, await stage()),
  };
}

describe.for(SCENES.map((scene) => [scene.name, scene] as const))('%s', ([name, scene]) => {
  let played: ReturnType<typeof playAll> | undefined;
  const plays = () => {
    played ??= playAll(scene);
    return played;
  };

  test('looks as it should at 80 columns', async () => {
    const { usual } = await plays();

    expect(usual.status).toBe(scene.status ?? 0);
    await expect(`$ ls-record ${scene.argv.join(' ')}\n\n${usual.screen}\n`).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
  });

  test('is never wider than the terminal, and cuts no number', async () => {
    const { narrow, usual, wide } = await plays();

    for (const [screen, columns] of [
      [narrow, 60],
      [usual, 80],
      [wide, 200],
    ] as const) {
      expect(screen.status).toBe(scene.status ?? 0);
      const lines = screen.screen.split('\n');
      expect(lines.filter((line) => widthOf(line.replace(/^↪ /, '')) > columns)).toEqual([]);
      expect(lines.filter((line) => /(?<!\S)[-+−$]?\d[\d,.]*…/.test(line))).toEqual([]);
    }
  });

  test('is plain text where it is piped', async () => {
    const { piped } = await plays();

    expect(piped.status).toBe(scene.statusPiped ?? scene.status ?? 0);
    expect(piped.stdout + piped.stderr).not.toContain('\u001b');
  });

  test('says the same without colours, and none that cannot be read', async () => {
    const { usual: inColour, plain } = await plays();

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
