/** Judges for questions that many ask. Nobody has checked them against people on your data. */
export const READY = {
  correctness: {
    prompt: `You check answers against the right one.

Question:
{{input}}

Right answer:
{{reference}}

Answer to check:
{{output}}

The answer is correct if it states the same facts as the right answer. Other words, other order and more detail are fine; a missing, wrong or contradicted fact is not. If in doubt, it is not correct.`,
    description: 'Whether the answer agrees with the right one.',
    type: 'boolean',
  },
  conciseness: {
    prompt: `You check whether an answer wastes words.

Question:
{{input}}

Answer:
{{output}}

The answer is concise if it says what was asked and nothing that could be left out: no repeated question, no filler, no remarks about itself. Whether it is right does not matter here.`,
    description: 'Whether the answer says what was asked and nothing else.',
    type: 'boolean',
  },
  groundedness: {
    prompt: `You check whether a text is backed by its sources.

Sources and question:
{{input}}

Text to check:
{{output}}

Go through each claim of the text. It is grounded if every claim follows from the sources; what you know from elsewhere does not count. A text that says it does not know is grounded.`,
    description: 'Whether every claim follows from the sources.',
    type: 'boolean',
  },
  relevance: {
    prompt: `You grade how well an answer fits a question.

Question:
{{input}}

Answer:
{{output}}

5: answers all of the question and nothing else. 4: answers it, with little beyond it. 3: answers a part. 2: is about the topic but does not answer. 1: is about something else. Whether it is right does not matter here.`,
    description: 'How well the answer fits the question.',
    type: '1-5',
  },
} as const;

export type ReadyJudge = keyof typeof READY;
