import { spell } from '../../../json/print.js';
import type { JsonObject, JsonValue } from '../../../json/value.js';
import { known, memberAt } from '../../format-kit/members.js';
import type { ResultsFile } from '../format.js';

/** Examples by the number of the question, with what question.jsonl says where it lies beside. */
export type ReadQuestion = (id: JsonValue) => {
  readonly example: JsonObject;
  readonly category: JsonValue | undefined;
};

/** Reads the questions of MT-bench that lie beside answers or judgments, or that were joined: FastChat keeps them elsewhere. */
export async function findQuestions(file: ResultsFile): Promise<ReadQuestion> {
  const found = await file.beside(/^questions?\.jsonl$/);
  const questions = new Map(
    found
      .flatMap(({ value }) => (Array.isArray(value) ? value : []))
      .map((question) => [spell(memberAt(question, 'question_id')), question] as const),
  );
  return (id) => {
    const question = file.joined.get(spell(id)) ?? questions.get(spell(id));
    const reference = memberAt(question, 'reference');
    return {
      example: {
        id,
        inputs: { question_id: id, ...known({ turns: memberAt(question, 'turns') }) },
        reference_outputs: reference === undefined ? null : { turns: reference },
      },
      category: memberAt(question, 'category'),
    };
  };
}
