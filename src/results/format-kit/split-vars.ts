import { type JsonObject, type JsonValue, setKey } from '../../json/value.js';

/** Names under which people keep the right answer among a test's variables. */
const REFERENCE_NAMES = new Set(
  `answer answer_key canonical_solution correct_answer correct_chunks expected expected_answer expected_output
  expectedanswer expectedoutput gold gold_answer ground_truth groundtruth ideal label reference reference_answer
  reference_output target truth`.split(/\s+/),
);

/** Inputs, and reference outputs if there are any. */
type Split = { inputs: JsonObject; reference_outputs: JsonObject | null };

/**
 * The variables of a test as inputs, all of them since a prompt may use any, and as reference outputs those that are
 * named for the right answer.
 */
export function splitVars(vars: JsonObject): Split {
  return { inputs: vars, reference_outputs: splitItem(vars).reference_outputs };
}

/** An item of a dataset: what is named for the right answer apart from the rest, if there is anything else. */
export function splitItem(item: JsonObject): Split {
  const reference: JsonObject = {};
  const inputs: JsonObject = {};
  for (const name of Object.keys(item)) {
    const plain = name.toLowerCase().replace(/[\s.-]/g, '_');
    setKey(REFERENCE_NAMES.has(plain) ? reference : inputs, name, item[name] as JsonValue);
  }
  const hasReference = Object.keys(reference).length > 0;
  return {
    inputs: Object.keys(inputs).length > 0 ? inputs : item,
    reference_outputs: hasReference ? reference : null,
  };
}
