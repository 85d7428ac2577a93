import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeSurroundings } from '../../src/cli/recording/surroundings.js';
import { Machine } from './command-line.js';

/** In a constant: not a package of ours, as knip would take it to be. */
const MAKE_PIPE = 'mkfifo';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const REMOTE = 'https://example.com/team/repo.git';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => {
  vi.unstubAllEnvs();
  machine.remove();
});

const git = (...args: string[]) =>
  execFileSync('git', ['-C', machine.workingFolder, ...args], { encoding: 'utf8' }).trim();

function commit(): string {
  const author = ['-c', 'user.name=n', '-c', 'user.email=e@example.com'];
  git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'first');
  return git('rev-parse', 'HEAD');
}

/** Of the working folder, on the branch `trunk`; returns its commit. */
function newRepository(): string {
  git('init', '--quiet', '--initial-branch=trunk');
  git('remote', 'add', 'origin', REMOTE);
  return commit();
}

/** Files below `.git`, as somebody else may have written them. */
function writeGit(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) machine.write(`work/.git/${path}`, text);
}

const describeFolder = (workingFolder = machine.workingFolder) =>
  describeSurroundings({ environment: {}, workingFolder });
const onTrunk = (hash: string) => ({
  git: { commit: hash, branch: 'trunk', remote_url: REMOTE },
  revision_id: hash,
});

describe('an experiment names', () => {
  test('the commit, the branch and the remote', () => {
    const hash = newRepository();

    expect(describeFolder()).toEqual(onTrunk(hash));
  });

  test('them from a subfolder, too', () => {
    const hash = newRepository();
    machine.write('work/results/june/ok.jsonl', '');

    const facts = describeFolder(join(machine.workingFolder, 'results', 'june'));

    expect(facts).toEqual(onTrunk(hash));
  });

  test('them when the refs are packed', () => {
    const hash = newRepository();
    git('pack-refs', '--all');
    expect(existsSync(join(machine.workingFolder, '.git/refs/heads/trunk'))).toBe(false);

    expect(describeFolder()).toEqual(onTrunk(hash));
  });

  test('the branch of a worktree, and the remote that it shares', () => {
    const hash = newRepository();
    const worktree = join(machine.root, 'worktree');
    git('worktree', 'add', '--quiet', '-b', 'topic/one', worktree);

    expect(describeFolder(worktree)).toMatchObject({
      git: { commit: hash, branch: 'topic/one', remote_url: REMOTE },
    });
  });

  test('no branch when HEAD is detached', () => {
    const hash = newRepository();
    git('checkout', '--quiet', '--detach');

    expect(describeFolder().git).toEqual({ commit: hash, remote_url: REMOTE });
  });

  test.for([
    ['https://user:secret@example.com/team/repo.git', 'https://example.com/team/repo.git'],
    ['https://me:sec@ret@host/repo@2', 'https://host/repo@2'],
    [
      'https://example.com:8443/team/repo?token=secret#secret',
      'https://example.com:8443/team/repo',
    ],
    ['git@example.com:team/repo.git', 'ssh://example.com/team/repo.git'],
    ['example.com:/team/repo.git', 'ssh://example.com/team/repo.git'],
    ['ssh://git:secret@example.com:22/team/repo.git', 'ssh://example.com:22/team/repo.git'],
    ['user:secret@example.com:team/repo.git', undefined],
    ['https://user:sec/ret@example.com/repo.git', undefined],
    ['/home/me/repo.git', undefined],
    ['C:\\repos\\secret', undefined],
    ['file:///home/me/repo.git', undefined],
    ['ext::sh -c evil', undefined],
    [`https://example.com/${'a'.repeat(2000)}`, undefined],
  ] as const)('host and path alone of the remote %s', ([remote, named]) => {
    writeGit({ HEAD: COMMIT, config: `[remote "origin"]\n\turl = ${remote}\n` });

    expect(describeFolder().git).toEqual({ commit: COMMIT, ...(named && { remote_url: named }) });
  });

  test('the CI run', () => {
    const environment = { CI: 'true', GITHUB_REPOSITORY: 'team/repo', GITHUB_RUN_ID: '7' };

    const facts = describeSurroundings({ environment, workingFolder: machine.workingFolder });

    expect(facts).toEqual({
      ci: { provider: 'github', run_url: 'https://github.com/team/repo/actions/runs/7' },
    });
  });
});

describe('an experiment names nothing', () => {
  test('outside of a checkout', () => {
    expect(describeFolder()).toEqual({});
  });

  test('before the first commit', () => {
    git('init', '--quiet');

    expect(describeFolder()).toEqual({});
  });

  test.for<[string, Record<string, string>]>([
    ['a HEAD that is no commit', { HEAD: 'root:x:0:0' }],
    ['a HEAD longer than 1 MB', { HEAD: COMMIT + '\n'.repeat(1_000_000) }],
    ['a ref that is no commit', { HEAD: 'ref: refs/heads/x', 'refs/heads/x': 'secret' }],
    ['a ref that leads elsewhere', { HEAD: 'ref: refs/../../secret', '../secret': COMMIT }],
    ['a ref outside of refs', { HEAD: 'ref: config', config: COMMIT }],
  ])('of %s', ([, files]) => {
    writeGit(files);

    expect(describeFolder()).toEqual({});
  });

  test('of files that are links, pipes or folders', () => {
    writeGit({ HEAD: 'ref: refs/heads/x', 'refs/heads/y': COMMIT });
    const heads = join(machine.workingFolder, '.git/refs/heads');
    symlinkSync(join(heads, 'y'), join(heads, 'x'));
    execFileSync(MAKE_PIPE, [join(machine.workingFolder, '.git/packed-refs')]);
    mkdirSync(join(machine.workingFolder, '.git/config'));

    expect(describeFolder()).toEqual({});
  });
});

describe('a recording runs no program', () => {
  const ran = () => existsSync(join(machine.root, 'ran'));

  /** Every way in which a checkout names programs that git runs, and a `git` that tells when it is run. */
  function setTraps(): void {
    const trap = join(machine.root, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch '${join(machine.root, 'ran')}'\nexit 1\n`);
    chmodSync(trap, 0o755);
    newRepository();
    machine.write('work/tracked.txt', 'one');
    git('add', 'tracked.txt');
    machine.write('work/.gitattributes', '* filter=trap\n');
    machine.write('work/more.config', `[core]\n\tfsmonitor = ${trap}\n`);
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction'])
      symlinkSync(trap, join(machine.workingFolder, '.git/hooks', hook));
    const config = `[include]\n\tpath = ../more.config\n[core]\n\tsshCommand = ${trap}\n\tpager = ${trap}\n[filter "trap"]\n\tclean = ${trap}\n`;
    appendFileSync(join(machine.workingFolder, '.git/config'), config);
    // Touched, so that git has to look into it.
    machine.write('work/tracked.txt', 'two');
    const programs = join(machine.root, 'programs');
    mkdirSync(programs);
    symlinkSync(trap, join(programs, 'git'));
    execFileSync('git', ['-C', machine.workingFolder, 'status'], { stdio: 'ignore' });
    expect(ran()).toBe(true);
    rmSync(join(machine.root, 'ran'));
    vi.stubEnv('PATH', `${programs}${delimiter}${process.env.PATH}`);
  }

  test.for([
    ['when it records', []],
    ['with --dry-run', ['--dry-run']],
  ] as const)('that a checkout names, %s', async ([, flags]) => {
    setTraps();
    const files = { 'ok.jsonl': '{"inputs":{"q":"a"},"outputs":{"a":"b"}}\n' };

    const { status } = await machine.run(
      ['record', 'ok.jsonl', '--dataset', 'q', '--local', ...flags],
      { files },
    );

    expect(status).toBe(0);
    expect(ran()).toBe(false);
  });
});
