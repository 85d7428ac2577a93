import { alpacaEval } from './alpaca-eval.js';
import { anthropicBatch } from './anthropic-batch.js';
import { arenaHard } from './arena-hard.js';
import { azure } from './azure.js';
import { bedrock } from './bedrock.js';
import { bfcl } from './bfcl.js';
import { braintrust } from './braintrust.js';
import { deepeval } from './deepeval.js';
import { evalite } from './evalite.js';
import { evalplus } from './evalplus.js';
import { everyEvalEver } from './every-eval-ever.js';
import type { Format } from './format.js';
import { garak } from './garak.js';
import { helm } from './helm.js';
import { inspect } from './inspect/inspect.js';
import { langfuse } from './langfuse.js';
import { LANGSMITH } from './langsmith/all.js';
import { lighteval } from './lighteval.js';
import { lmEval } from './lm-eval.js';
import { mlflow } from './mlflow.js';
import { mtBench } from './mt-bench.js';
import { oaieval } from './oaieval.js';
import { openaiBatch } from './openai-batch.js';
import { openaiEvalsApi } from './openai-evals-api.js';
import { opencompass } from './opencompass.js';
import { opik } from './opik.js';
import { phoenix } from './phoenix.js';
import { promptfoo } from './promptfoo/promptfoo.js';
import { ragas } from './ragas.js';
import { sweAgent } from './swe-agent.js';
import { sweBench } from './swe-bench.js';
import { tauBench } from './tau-bench.js';
import { terminalBench } from './terminal-bench.js';
import { vitestEvals } from './vitest-evals.js';

/** The formats that are known, the telltale before the general: the first that recognises a file reads it. */
export const FORMATS: readonly Format[] = [
  ...LANGSMITH,
  promptfoo,
  inspect,
  lmEval,
  deepeval,
  ragas,
  braintrust,
  langfuse,
  opik,
  garak,
  bedrock,
  opencompass,
  openaiBatch,
  anthropicBatch,
  oaieval,
  openaiEvalsApi,
  mlflow,
  sweBench,
  sweAgent,
  terminalBench,
  phoenix,
  vitestEvals,
  evalite,
  azure,
  evalplus,
  arenaHard,
  mtBench,
  alpacaEval,
  bfcl,
  tauBench,
  helm,
  lighteval,
  everyEvalEver,
];
