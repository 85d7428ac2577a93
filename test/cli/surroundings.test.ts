import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeSurroundings } from '../../src/cli/recording/surroundings.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'ls-record-git-'));

function newRepository(remote: string): string {
  const folder = newFolder();
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args]);
  git('init', '--quiet', '--initial-branch=trunk');
  git(
    '-c',
    'user.name=n',
    '-c',
    'user.email=e@example.com',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'first',
  );
  git('remote', 'add', 'origin', remote);
  return folder;
}

describe('an experiment tells', () => {
  test('the commit, and the remote without its credentials', async () => {
    const workingFolder = newRepository('https://user:secret@example.com/team/repo.git');

    const facts = await describeSurroundings({ environment: {}, workingFolder });

    expect(facts).toEqual({
      git: {
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
        commit_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        branch: 'trunk',
        remote_url: 'https://example.com/team/repo.git',
        dirty: false,
      },
      revision_id: (facts.git as { commit: string }).commit,
    });
  });

  test('the CI run', async () => {
    const environment = { CI: 'true', GITHUB_REPOSITORY: 'team/repo', GITHUB_RUN_ID: '7' };

    expect(await describeSurroundings({ environment, workingFolder: newFolder() })).toEqual({
      ci: { provider: 'github', run_url: 'https://github.com/team/repo/actions/runs/7' },
    });
  });

  test('nothing, where there is nothing to tell', async () => {
    expect(await describeSurroundings({ environment: {}, workingFolder: newFolder() })).toEqual({});
  });
});
