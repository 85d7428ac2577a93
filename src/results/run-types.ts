/** The kinds of runs that LangSmith knows. @see https://api.smith.langchain.com/redoc, RunTypeEnum */
export const RUN_TYPES = [
  'tool',
  'chain',
  'llm',
  'retriever',
  'embedding',
  'prompt',
  'parser',
] as const;

export type RunType = (typeof RUN_TYPES)[number];
