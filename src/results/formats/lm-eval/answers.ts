import { spell } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { isNumber, listAt, memberAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';

/**
 * What the model gave: its text; of a choice, the one that it holds most likely, and its number.
 *
 * @see https://github.com/EleutherAI/lm-evaluation-harness, lm_eval/api/task.py, process_results
 */
export function readAnswer(sample: RecordReader): { outputs: JsonObject; choice?: number } {
  leaveOutUnfiltered(sample);
  const responses = listAt(sample.record, 'filtered_resps') ?? [];
  const likelihoods = responses.map(readLikelihood);
  const isChoice = responses.length > 1 && likelihoods.every((one) => one !== undefined);
  if (!isChoice) {
    if (responses.length === 1) sample.leaveOut('filtered_resps');
    return { outputs: { output: responses[0] ?? null } };
  }

  const requests = listRequests(sample.record);
  // Where the choices are asked for a second time without their context, that is only to compare with.
  const hasContext = requests.some(([context]) => context !== '');
  let choice = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, likelihood = Number.NaN] of likelihoods.entries()) {
    if (likelihood <= most || Number.isNaN(likelihood)) continue;
    if (hasContext && requests[index]?.[0] === '') continue;
    [choice, most] = [index, likelihood];
  }
  return { outputs: { output: requests[choice]?.[1] ?? choice }, choice };
}

/** `[-10.5, false]`, in current files `["-10.5", "False"]`: a log-likelihood, and whether it was the first guess. */
function readLikelihood(response: JsonValue): number | undefined {
  if (!Array.isArray(response) || response.length !== 2) return undefined;
  const [likelihood = null, isGreedy = null] = response;
  if (!/^(?:true|false)$/i.test(spell(isGreedy))) return undefined;
  if (isNumber(likelihood)) return Number(likelihood);
  const isText = typeof likelihood === 'string' && likelihood.trim() !== '';
  return isText && !Number.isNaN(Number(likelihood)) ? Number(likelihood) : undefined;
}

/** Context and continuation of each request: `{gen_args_0: {arg_0, arg_1}}`, before 0.4.3 lists. */
function listRequests(sample: JsonObject): [JsonValue, JsonValue][] {
  const requests = sample.arguments ?? null;
  const all = isJsonObject(requests) ? Object.values(requests) : requests;
  if (!Array.isArray(all)) return [];
  return all.map((request) => {
    if (Array.isArray(request)) return [request[0] ?? null, request[1] ?? null];
    return [memberAt(request, 'arg_0') ?? null, memberAt(request, 'arg_1') ?? null];
  });
}

/** Answers before they were filtered say more only where that changed them or where there were several. */
function leaveOutUnfiltered(sample: RecordReader): void {
  const responses = listAt(sample.record, 'resps');
  if (!responses) return;
  const isRepeated = responses.some((repeats) => Array.isArray(repeats) && repeats.length > 1);
  const isFiltered = (sample.record.filter ?? 'none') !== 'none';
  if (!isRepeated && !isFiltered) sample.leaveOut('resps');
}
