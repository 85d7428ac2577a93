import { Argument, Option } from 'commander';
import { declare } from '../../command.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { findNamedRule } from '../../evaluators/named-rule.js';
import { nameOfModel, ruleForPrograms, showScores } from '../../evaluators/rule-words.js';
import { widestOf } from '../../screen/width.js';

export const command = declare<{ dataset: string }, [string]>({
  arguments: [new Argument('<name>', 'name or ID of the evaluator')],
  options: [
    new Option('-d, --dataset <name>', 'dataset that it is bound to').makeOptionMandatory(),
  ],
  examples: ['evaluators show correctness -d capitals'],
  async run({ terminal, connect, answer }, [typed], { dataset: named }) {
    const { client } = await connect();
    const { readJudge } = await import('../../../scoring/judges/judge.js');
    const { promptText } = await import('../../../scoring/judges/plan-rule.js');
    const { showPlace } = await import('../../../scoring/judges/check-places.js');
    const dataset = await findNamedDataset(client, named);
    const rule = await findNamedRule(client, dataset, typed);
    const judge = readJudge(rule);
    const [structured = {}] = rule.structured;
    answer({ evaluator: { ...ruleForPrograms({ rule, judge }), structured } }, () => {
      const facts: [string, string][] = [
        ['Name', rule.name],
        ['Id', rule.id],
        ['Enabled', rule.isEnabled ? 'yes' : 'no'],
        ['Sampling', String(rule.samplingRate)],
        ...('problem' in judge
          ? ([['Runs here', `no: ${judge.problem}`]] as [string, string][])
          : ([
              ['Model', nameOfModel(judge)],
              ['Scores', showScores(judge)],
              [
                'Variables',
                [...judge.places]
                  .map(([name, place]) => `${name} = ${showPlace(place)}`)
                  .join(', '),
              ],
            ] as [string, string][])),
      ];
      const width = widestOf(facts.map(([title]) => title));
      for (const [title, fact] of facts) terminal.answer(`${title.padEnd(width)}  ${fact}`);
      terminal.answer('');
      for (const line of promptText(structured).split('\n')) terminal.answer(line);
    });
  },
});
