import * as ls from 'langsmith/vitest';

const capitals = [
  { inputs: { country: 'France' }, referenceOutputs: { capital: 'Paris' } },
  { inputs: { country: 'Italy' }, referenceOutputs: { capital: 'Rome' } },
];

ls.describe('capitals by test', () => {
  ls.test.each(capitals)('knows a capital', async ({ referenceOutputs }) => {
    ls.logOutputs(referenceOutputs);
    ls.logFeedback({ key: 'correct', score: 1 });
  });
});
