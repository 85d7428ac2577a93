import { type JsonObject, type JsonValue, setKey } from '../../json/value.js';

/** Names under which people keep the right answer among a test's variables. */
const REFERENCE_NAMES = new Set(
  `answer answer_key canonical_solution correct_answer correct_chunks expected expected_answer expected_output
  expectedanswer expectedoutput gold gold_answer ground_truth groundtruth ideal label reference reference_answer
  reference_output target truth`.split(/\s+/),
);

/**
 * The variables of a test as inputs, all of them since a prompt may use any, and as reference outputs those that are
 * named for the right answer.
 */
export function splitVars(vars: JsonObject): {
  inputs: JsonObject;
  reference_outputs: JsonObject | null;
} {
  const reference: JsonObject = {};
  for (const name of Object.keys(vars)) {
    const plain = name.toLowerCase().replace(/[\s.-]/g, '_');
    if (REFERENCE_NAMES.has(plain)) setKey(reference, name, vars[name] as JsonValue);
  }
  const hasReference = Object.keys(reference).length > 0;
  return { inputs: vars, reference_outputs: hasReference ? reference : null };
}
