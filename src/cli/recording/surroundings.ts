import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Context, isInCi } from '../context.js';

const run = promisify(execFile);
const GIT_TIMEOUT_MS = 2_000;

type Facts = Record<string, string | boolean>;

/**
 * What an experiment's metadata says of where it was recorded: the commit, as LangSmith's own tools write it, and the
 * CI run. Nothing of it is needed; without git there is none.
 *
 * @see https://github.com/langchain-ai/langsmith-sdk, python/langsmith/env/_git.py
 */
export async function describeSurroundings(
  context: Pick<Context, 'environment' | 'workingFolder'>,
): Promise<Record<string, unknown>> {
  const { environment } = context;
  const git = await gitFacts(context.workingFolder);
  const ci = isInCi(context) ? ciFacts(environment) : {};
  const revision =
    environment.LANGSMITH_REVISION_ID || environment.LANGCHAIN_REVISION_ID || git.commit;
  return {
    ...(Object.keys(git).length > 0 && { git }),
    ...(Object.keys(ci).length > 0 && { ci }),
    ...(revision && { revision_id: revision }),
  };
}

async function gitFacts(folder: string): Promise<Facts> {
  const [commit, commitTime, branch, remote, changes] = await Promise.all([
    git(folder, 'rev-parse', 'HEAD'),
    git(folder, 'log', '-1', '--format=%cI'),
    git(folder, 'rev-parse', '--abbrev-ref', 'HEAD'),
    git(folder, 'remote', 'get-url', 'origin'),
    git(folder, 'status', '--porcelain', '--untracked-files=no'),
  ]);
  if (!commit) return {};
  return {
    commit,
    ...(commitTime && { commit_time: commitTime }),
    ...(branch && branch !== 'HEAD' && { branch }),
    ...(remote && { remote_url: withoutCredentials(remote) }),
    ...(changes !== undefined && { dirty: changes !== '' }),
  };
}

async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', args, { cwd: folder, timeout: GIT_TIMEOUT_MS });
    return stdout.trim();
  } catch {
    // No git, no repository, no remote: then there is nothing to tell.
    return undefined;
  }
}

/** `https://token@host/repo` must not end in an experiment that others see. */
export function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

function ciFacts(environment: Context['environment']): Facts {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  if (GITHUB_REPOSITORY && GITHUB_RUN_ID) {
    const server = GITHUB_SERVER_URL || 'https://github.com';
    return {
      provider: 'github',
      run_url: `${server}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`,
    };
  }
  if (environment.CI_JOB_URL) return { provider: 'gitlab', run_url: environment.CI_JOB_URL };
  if (environment.BUILD_URL) return { provider: 'jenkins', run_url: environment.BUILD_URL };
  return {};
}
