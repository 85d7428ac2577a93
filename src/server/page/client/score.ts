import { load } from './load.js';

/** Stores a score without leaving the page: the answer that was scored is shown again with it. */
export function scoreInPlace(): void {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('.score-form form')) return;
    event.preventDefault();
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) data.set(name, String(value));
    const loaded = await load(form.action, { method: 'POST', body: data });
    const answer = form.closest('.answer');
    const scored = answer && loaded?.main.querySelector(`[id="${CSS.escape(answer.id)}"]`);
    if (scored) answer.replaceWith(scored);
    // Something is wrong with what was typed: the page says what.
    else form.submit();
  });
}
