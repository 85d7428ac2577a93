import { Argument } from 'commander';
import { quoteForShell } from '../../../quote-for-shell.js';
import { declare } from '../../command.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import {
  nameOfModel,
  ruleForPrograms,
  type ShownRule,
  showScores,
} from '../../evaluators/rule-words.js';

export const command = declare<object, [string]>({
  details: 'LangSmith runs them on each new experiment; on this machine, record and score do.',
  arguments: [new Argument('<dataset>', 'name, ID or URL')],
  examples: ['evaluators list capitals', 'evaluators list capitals --json | jq .evaluators'],
  async run({ terminal, connect, answer }, [typed]) {
    const { client } = await connect();
    const { readJudge } = await import('../../../scoring/judges/judge.js');
    const dataset = await findNamedDataset(client, typed);
    const rules = await client.listRules(dataset.id);
    const shown = rules.map((rule): ShownRule => ({ rule, judge: readJudge(rule) }));
    const json = {
      dataset: { id: dataset.id, name: dataset.name },
      evaluators: shown.map(ruleForPrograms),
    };
    answer(json, () => {
      if (shown.length > 0) {
        terminal.answerTable(
          [
            { title: 'NAME', show: ({ rule }) => rule.name },
            { title: 'SCORES', show: ({ judge }) => ('problem' in judge ? '' : showScores(judge)) },
            { title: 'MODEL', show: ({ judge }) => ('problem' in judge ? '' : nameOfModel(judge)) },
            { title: 'ROWS', show: ({ rule }) => showShare(rule) },
            {
              title: 'RUNS HERE',
              show: ({ judge }) => ('problem' in judge ? `no: ${judge.problem}` : 'yes'),
            },
          ],
          shown,
        );
      } else {
        terminal.say(`"${dataset.name}" has no evaluators.`);
        terminal.say(
          `Add one: ls-record evaluators add NAME --dataset ${quoteForShell(dataset.name)} --ready correctness --model openai:gpt-4o-mini`,
        );
      }
    });
  },
});

function showShare({ isEnabled, samplingRate }: ShownRule['rule']): string {
  if (!isEnabled) return 'off';
  return samplingRate === 1 ? 'all' : `${Number((samplingRate * 100).toFixed(2))} %`;
}
