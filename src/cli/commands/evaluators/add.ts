import { Argument, type Command, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { allOf } from '../../../langsmith/all-of.js';
import type { LangSmith } from '../../../langsmith/client.js';
import type { Dataset } from '../../../langsmith/wire.js';
import { quoteForShell } from '../../../quote-for-shell.js';
import type { NewRule } from '../../../scoring/judges/definition.js';
import type { Judge } from '../../../scoring/judges/judge.js';
import type { RulePlan } from '../../../scoring/judges/plan-rule.js';
import type { Facts } from '../../../scoring/judges/variables.js';
import type { Connection } from '../../access/connect.js';
import { declare } from '../../command.js';
import { findNamedDataset } from '../../datasets/named-dataset.js';
import { addJudgeOptions, type JudgeOptions, readNewRule } from '../../evaluators/judge-options.js';
import type { Terminal } from '../../screen/terminal.js';

interface EvaluatorsAddOptions extends JudgeOptions {
  readonly dataset: string;
  readonly dryRun?: boolean;
}

/** Rows that tell which fields there are. */
const LOOKED_AT = 20;

export const command = declare<EvaluatorsAddOptions, [string | undefined]>({
  details:
    'A judge is a prompt for a model. One of the same name is changed, and the difference shown.',
  arguments: [new Argument('[name]', 'of the evaluator (default: from the file or --ready)')],
  addOptions(command: Command) {
    command.addOption(
      new Option(
        '-d, --dataset <name>',
        'dataset whose experiments it scores',
      ).makeOptionMandatory(),
    );
    addJudgeOptions(command);
    command.optionsGroup('Checks:').option('--dry-run', 'check everything, but write nothing');
  },
  examples: [
    'evaluators add --ready correctness -d capitals --model openai:gpt-4o-mini',
    'evaluators add polite -d support --prompt polite.txt --type 1-5 --model anthropic:claude-sonnet-4-5',
    'evaluators add --file judges/polite.yaml -d support',
  ],
  async run({ context, terminal, connect, answer }, [name], options) {
    const wanted = await readNewRule(name, options, context);
    const connection = await connect();
    const { client } = connection;
    const dataset = await findNamedDataset(client, options.dataset);
    const { keys } = await checkRule(wanted, dataset, connection, terminal);
    const { planRule } = await import('../../../scoring/judges/plan-rule.js');
    const plan = planRule(await client.listRules(dataset.id), wanted);
    if (plan.action === 'change') for (const line of plan.differences) terminal.say(`  ${line}`);
    const id = options.dryRun ? idOf(plan) : await keep(plan, wanted, dataset, client);
    const status = options.dryRun ? 'planned' : STATUS[plan.action];
    answer(
      { evaluator: { id: id ?? null, name: wanted.name }, action: plan.action, status },
      () => {
        const what = `evaluator "${wanted.name}" of "${dataset.name}"`;
        const verb = options.dryRun ? DRY[plan.action] : DONE[plan.action];
        terminal.praise(`${verb} ${what}.`);
      },
    );
    terminal.note(
      `its scores are not calibrated: once people have scored the same runs, see ls-record evaluators align ${quoteForShell(keys[0] ?? wanted.name)} -d ${quoteForShell(dataset.name)}`,
    );
  },
});

const STATUS = { create: 'created', change: 'changed', keep: 'unchanged' } as const;
const DONE = { create: 'Added', change: 'Changed', keep: 'Nothing to change in' } as const;
const DRY = { create: 'Would add', change: 'Would change', keep: 'Nothing to change in' } as const;

function idOf(plan: RulePlan): string | undefined {
  return plan.action === 'create' ? undefined : plan.rule.id;
}

/** Writes the rule, and reads it back. @throws {LsRecordError} `NOT_VERIFIED` if the server keeps another one. */
async function keep(
  plan: RulePlan,
  wanted: NewRule,
  dataset: Dataset,
  client: LangSmith,
): Promise<string | undefined> {
  if (plan.action === 'keep') return plan.rule.id;
  const upload = { ...wanted, datasetId: dataset.id };
  const { id } =
    plan.action === 'create'
      ? await client.createRule(upload)
      : await client.updateRule(plan.rule.id, upload);
  const { compareRules } = await import('../../../scoring/judges/plan-rule.js');
  const kept = (await client.listRules(dataset.id)).find((rule) => rule.id === id);
  const differences = kept ? compareRules(kept, wanted) : ['it is not there'];
  if (differences.length === 0) return id;
  throw new LsRecordError(
    'NOT_VERIFIED',
    `the server keeps another rule: ${differences.join('; ')}`,
    {
      hint: `See it with ls-record evaluators show ${quoteForShell(wanted.name)} -d ${quoteForShell(dataset.name)}.`,
    },
  );
}

/** All that can be wrong with a rule before it is written. @throws {LsRecordError} `USAGE` */
async function checkRule(
  wanted: NewRule,
  dataset: Dataset,
  { client, where }: Connection,
  terminal: Terminal,
): Promise<Judge> {
  const { readNewJudge } = await import('../../../scoring/judges/judge.js');
  const { checkPlaces } = await import('../../../scoring/judges/check-places.js');
  const judge = readNewJudge(wanted);
  if ('problem' in judge) throw new LsRecordError('USAGE', `this is no judge: ${judge.problem}`);
  for (const variable of checkPlaces(judge, await readSomeRows(client, dataset, judge)))
    terminal.note(`{{${variable}}} was not checked: there is no run of this dataset yet`);
  if (where === 'home') return judge;
  const { secretsIn } = await import('../../../scoring/judges/models.js');
  const known = await client.listSecretNames();
  const missing = secretsIn(wanted.structured.model).find((name) => known && !known.includes(name));
  const objection = await client.objectionTo({ ...wanted, datasetId: dataset.id });
  // The last word has the request that adds it.
  if (objection !== undefined) terminal.warn(`LangSmith objects to this judge: ${objection}`);
  if (missing === undefined) return judge;
  throw new LsRecordError('USAGE', `the workspace has no secret ${missing}`, {
    hint: 'Add it in LangSmith under Settings, Secrets: without it no row would get a score.',
  });
}

async function readSomeRows(
  client: LangSmith,
  { id }: Dataset,
  { places }: Judge,
): Promise<Facts[]> {
  const examples = await allOf(client.listExamples(id, { limit: LOOKED_AT }));
  const rows = examples.map(({ inputs, referenceOutputs }): Facts => {
    return { inputs, outputs: undefined, referenceOutputs };
  });
  if (![...places.values()].some(({ part }) => part === 'outputs')) return rows;
  const [latest] = await allOf(client.listExperiments(id, { limit: 1, stats: false }));
  if (!latest) return rows;
  const answered = await allOf(client.listExamplesWithRuns(id, [latest.id], { limit: LOOKED_AT }));
  const runs = answered.flatMap((example) => example.runs);
  return [...rows, ...runs.map(({ outputs }): Facts => ({ ...NOTHING, outputs }))];
}

const NOTHING: Facts = { inputs: undefined, outputs: undefined, referenceOutputs: undefined };
