/** Times are microseconds, payloads the JSON text that was sent, ids lower-case UUIDs. */
const FIRST_TABLES = `
create table home (tenant_id text not null);

create table datasets (
  id text primary key,
  name text not null unique,
  description text,
  data_type text not null,
  created_at integer not null,
  modified_at integer not null,
  metadata text,
  inputs_schema text,
  outputs_schema text,
  transformations text,
  share_token text
);

create table dataset_versions (
  dataset_id text not null,
  as_of integer not null,
  primary key (dataset_id, as_of)
) without rowid;

create table dataset_tags (
  dataset_id text not null,
  tag text not null,
  as_of integer not null,
  primary key (dataset_id, tag)
) without rowid;

-- A row for each version of an example. The current one is not replaced; a deleted example has none.
create table examples (
  id text not null,
  dataset_id text not null,
  created_at integer not null,
  modified_at integer not null,
  replaced_at integer,
  inputs text not null,
  outputs text,
  metadata text not null,
  source_run_id text
);
create unique index example_versions on examples (id, modified_at);
create index examples_by_id on examples (dataset_id, id) where replaced_at is null;
create index examples_by_time on examples (dataset_id, modified_at, id) where replaced_at is null;

create table sessions (
  id text primary key,
  name text not null unique,
  description text,
  start_time integer not null,
  end_time integer,
  extra text,
  reference_dataset_id text,
  default_dataset_id text,
  trace_tier text,
  test_run_number integer
);
create index experiments on sessions (reference_dataset_id, start_time) where reference_dataset_id is not null;

-- A row can be made by an update that arrives before its run: it is not seen until posted.
create table runs (
  id text not null unique,
  session_id text,
  trace_id text,
  parent_run_id text,
  dotted_order text,
  reference_example_id text,
  name text,
  run_type text,
  start_time integer,
  end_time integer,
  error text,
  inputs text,
  outputs text,
  extra text,
  events text,
  serialized text,
  tags text,
  prompt_tokens integer,
  completion_tokens integer,
  total_tokens integer,
  prompt_cost real,
  completion_cost real,
  total_cost real,
  posted integer not null,
  patched integer not null
);
create index runs_by_time on runs (session_id, start_time, id);
-- These hold all that the numbers of a session are counted from: its rows, with their payloads, are not touched.
create index runs_by_example on runs (session_id, reference_example_id, posted, start_time, end_time)
  where parent_run_id is null;
create index runs_that_failed on runs (session_id, posted) where parent_run_id is null and error is not null;
create index runs_by_usage on runs (session_id, prompt_tokens, completion_tokens, total_tokens, prompt_cost,
  completion_cost, total_cost) where run_type = 'llm' and posted = 1;
create index runs_by_trace on runs (trace_id) where parent_run_id is not null;

create table feedback (
  id text not null unique,
  run_id text,
  session_id text,
  trace_id text,
  key text not null,
  score text,
  score_number real,
  value text,
  comment text,
  correction text,
  source text,
  extra text,
  error integer,
  group_id text,
  start_time integer,
  created_at integer not null,
  modified_at integer not null
);
create index feedback_on_runs on feedback (session_id, key, score_number, error) where run_id is not null;
create index feedback_values on feedback (session_id, key) where run_id is not null and value is not null;
create index feedback_on_sessions on feedback (session_id, key) where run_id is null;
create index feedback_by_run on feedback (run_id);

create table attachments (
  owner_id text not null,
  name text not null,
  mime_type text not null,
  content blob not null,
  primary key (owner_id, name)
);
`;

/** What lets a browser see the pages: one-time codes, and the sessions that they opened. */
const PASSES = `
create table passes (
  hash text primary key,
  kind text not null,
  expires_at integer not null
) without rowid;
`;

/** Runs say what was replaced in them, pairs of experiments are compared, and score keys are described. */
const COMPARISONS = `
alter table datasets add column baseline_experiment_id text;
alter table runs add column replaced integer not null default 0;
alter table feedback add column comparison_id text;

-- The figures of an experiment leave out what was said of it in a comparison with another one.
drop index feedback_on_runs;
drop index feedback_values;
create index feedback_on_runs on feedback (session_id, key, score_number, error)
  where run_id is not null and comparison_id is null;
create index feedback_values on feedback (session_id, key)
  where run_id is not null and comparison_id is null and value is not null;
create index if not exists runs_without_times on runs (session_id, posted) where parent_run_id is null and start_time = end_time
  and extra -> '$.metadata.untimed' is 'true';
create index feedback_of_comparisons on feedback (comparison_id) where comparison_id is not null;

create table comparisons (
  id text primary key,
  dataset_id text not null,
  experiment_ids text not null,
  name text,
  description text,
  extra text,
  created_at integer not null,
  modified_at integer not null
);
create index comparisons_by_dataset on comparisons (dataset_id);

create table feedback_configs (
  key text primary key,
  config text not null,
  is_lower_score_better integer not null,
  modified_at integer not null
);
`;

function droppedBy(table: string): string {
  const drop = (event: string, rows: string) =>
    `create trigger figures_after_${event}_of_${table} after ${event} on ${table}
begin delete from figures where session_id in (${rows}); end;\n`;
  return [
    drop('insert', 'new.session_id'),
    drop('update', 'old.session_id, new.session_id'),
    drop('delete', 'old.session_id'),
  ].join('');
}

/** Examples in the order in which they were made. The figures of sessions, counted at the first look and dropped with every change. */
const FIGURES = `
create table figures (
  mark integer primary key autoincrement,
  session_id text not null unique,
  text text not null
);
create index examples_by_creation on examples (dataset_id, created_at, id) where replaced_at is null;
${['runs', 'feedback'].map(droppedBy).join('')}`;

/** Evaluators that are bound to a dataset or a project. */
const RULES = `
create table rules (
  id text primary key,
  dataset_id text,
  session_id text,
  display_name text not null,
  body text not null,
  created_at integer not null,
  updated_at integer not null
);
create index rules_by_dataset on rules (dataset_id);
`;

/** Annotation queues. A run is in a queue once. */
const QUEUES = `
create table queues (
  id text primary key,
  name text not null,
  description text,
  default_dataset text,
  rubric_instructions text,
  rubric_items text,
  metadata text,
  created_at integer not null,
  updated_at integer not null
);
create table queue_items (
  number integer primary key autoincrement,
  id text not null unique,
  queue_id text not null,
  run_id text not null,
  added_at integer not null,
  reviewed_at integer,
  is_skipped integer not null,
  feedback_ids text
);
create unique index queue_runs on queue_items (queue_id, run_id);
create index queues_of_runs on queue_items (run_id);
create trigger queue_items_of_deleted_runs after delete on runs
begin delete from queue_items where run_id = old.id; end;
create index queue_state on queue_items (queue_id, reviewed_at, number);
`;

/** When something of a session was last written, to tell a recording from one that was stopped. */
const WRITTEN = `
alter table sessions add column written_at integer;
`;

/** Figures as columns of numbers, which take no time to read. */
const COLUMNS = `
drop table figures;
create table figures (
  mark integer primary key autoincrement,
  session_id text not null unique,
  ids text not null,
  head text not null,
  columns blob not null
);
`;

/** Each takes a home one version further, counted by its `user_version`; the first makes it. Only ever append. */
export const MIGRATIONS: readonly string[] = [
  FIRST_TABLES,
  PASSES,
  COMPARISONS,
  FIGURES,
  RULES,
  QUEUES,
  WRITTEN,
  COLUMNS,
];
