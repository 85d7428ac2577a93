const LOCAL = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** Shows moments in the time of the reader; the server knows UTC only. */
export function showLocalTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll('time')) {
    time.textContent = LOCAL.format(new Date(time.dateTime));
  }
}
