/** Digits choose in the first question without an answer, or the one that has the focus; letters press buttons. */
export function reviewByKeyboard(page: Document): void {
  const form = page.getElementById('review');
  if (!(form instanceof HTMLFormElement)) return;
  page.addEventListener('keydown', (event) => {
    const { key, target } = event;
    const isTyping = target instanceof HTMLTextAreaElement;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    if (/^[1-9]$/.test(key)) choose(form, Number(key) - 1);
    else if (key === 'Enter' && !(target instanceof HTMLButtonElement)) press(form, '[value=save]');
    else if (/^[a-z]$/.test(key)) {
      const field = form.querySelector<HTMLElement>(`[data-focus=${key}]`);
      if (field) field.focus();
      else press(form, `[data-key=${key}]`);
    } else return;
    event.preventDefault();
  });
}

function press(form: HTMLFormElement, selector: string): void {
  form.querySelector<HTMLButtonElement>(`button${selector}`)?.click();
}

function choose(form: HTMLFormElement, at: number): void {
  const questions = [...form.querySelectorAll('fieldset')];
  const isOpen = (question: Element) => !question.querySelector('input:checked');
  const question = questions.find(isOpen) ?? questions.find((one) => one.matches(':focus-within'));
  const choice = question?.querySelectorAll('input')[at];
  if (!choice) return;
  choice.checked = true;
  (questions.find(isOpen)?.querySelector('input') ?? choice).focus();
}
