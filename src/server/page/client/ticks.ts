/** Says on the button how many experiments it compares. */
export function countTicks(): void {
  const count = () => {
    const ticked = 'main [name=selectedSessions]:is(:checked, [type=hidden])';
    const n = document.querySelectorAll(ticked).length;
    const button = document.querySelector('button[name=compare]');
    if (button) button.textContent = `Compare ${n || ''} ticked`;
  };
  document.addEventListener('change', count);
  count();
}
