import { Argument } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { declare } from '../../command.js';
import { findNamedExperiment } from '../../datasets/named-experiment.js';
import { findNamedRule } from '../../evaluators/named-rule.js';
import { callOptions } from '../../scoring/call-options.js';
import type { CallOptions } from '../../scoring/judges.js';

export const command = declare<CallOptions, [string, string]>({
  details: 'LangSmith runs it there; on this machine it is run from here, as score --judge does.',
  arguments: [
    new Argument('<name>', 'name or ID of the evaluator'),
    new Argument('<experiment>', 'name, ID or URL'),
  ],
  options: callOptions(),
  examples: ['evaluators run correctness nightly'],
  async run(session, [name, typed], options) {
    const { client, where } = await session.connect();
    const experiment = await findNamedExperiment(client, typed);
    const dataset = await client.findDataset(experiment.datasetId);
    const rule = await findNamedRule(
      client,
      { name: '', id: experiment.datasetId, ...dataset },
      name,
    );
    if (where === 'home') {
      const { scoreExperiment } = await import('../score.js');
      return scoreExperiment(session, [experiment.id], { ...options, judge: [rule.id] });
    }
    const { model, baseUrl, price } = options;
    if (model ?? baseUrl ?? price)
      throw new LsRecordError('USAGE', 'LangSmith asks the model that the evaluator names', {
        hint: 'To ask another one from here: ls-record score EXPERIMENT --judge NAME --model …',
      });
    await client.evaluateExperiment(experiment.id, rule.id);
    const started = { id: rule.id, name: rule.name };
    session.answer({ evaluator: started, experiment: experiment.name, status: 'started' }, () =>
      session.terminal.praise(
        `LangSmith runs "${rule.name}" over "${experiment.name}"; its scores come in a few minutes.`,
      ),
    );
  },
});
