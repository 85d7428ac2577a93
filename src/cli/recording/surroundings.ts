import { type Context, isInCi } from '../context.js';
import { readCheckout } from './checkout.js';

/**
 * Says for an experiment's metadata where it was recorded: the commit, as LangSmith's own tools write it, and the CI
 * run. Nothing of it is needed; outside of a checkout there is no commit.
 *
 * @see https://github.com/langchain-ai/langsmith-sdk, python/langsmith/env/_git.py
 */
export function describeSurroundings(
  context: Pick<Context, 'environment' | 'workingFolder'>,
): Record<string, unknown> {
  const { environment } = context;
  const git = readCheckout(context.workingFolder);
  const ci = isInCi(context) ? ciFacts(environment) : {};
  const revision =
    environment.LANGSMITH_REVISION_ID || environment.LANGCHAIN_REVISION_ID || git?.commit;
  return {
    ...(git && { git }),
    ...(Object.keys(ci).length > 0 && { ci }),
    ...(revision && { revision_id: revision }),
  };
}

function ciFacts(environment: Context['environment']): Record<string, string> {
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
