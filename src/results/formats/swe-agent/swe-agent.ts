import type { Sample } from '../../../input/sample.js';
import { hasKeys, listAt, objectAt, textAt } from '../../format-kit/members.js';
import { readEach } from '../../format-kit/rows.js';
import type { Format } from '../format.js';
import { readMini } from './mini.js';
import { readTrajectory } from './trajectory.js';

/** What SWE-agent and mini-SWE-agent did on an instance, a file each. @see https://swe-agent.com/latest/usage/trajectories */
export const sweAgent: Format = {
  name: 'swe-agent',
  title: 'SWE-agent trajectories',
  files: '<instance>.traj, <instance>.traj.json, or the folder of a run',
  reads: 'a row per file with its submission and exit status, steps as child runs',
  recognise(sample) {
    const read = isMini(sample) ? readMini : isTrajectory(sample) ? readTrajectory : undefined;
    if (!read) return undefined;
    return {
      why: `it has info with exit_status, and ${read === readMini ? 'messages' : 'a trajectory'}`,
      hasExperiments: true,
      rows: ({ name, records }) =>
        readEach(records, 'a trajectory', (record) => read(record, name)),
    };
  },
};

function isTrajectory({ document }: Sample): boolean {
  const hasSteps = listAt(document, 'trajectory') ?? listAt(document, 'history');
  const info = objectAt(document, 'info');
  return (
    hasSteps !== undefined &&
    info !== undefined &&
    (hasKeys(info, 'exit_status') || hasKeys(info, 'model_stats'))
  );
}

function isMini({ document }: Sample): boolean {
  const isNamed = /^mini-swe-agent/.test(textAt(document, 'trajectory_format') ?? '');
  const info = objectAt(document, 'info');
  const isTold = isNamed || hasKeys(info, 'exit_status', 'submission');
  return isTold && listAt(document, 'messages') !== undefined && info !== undefined;
}
