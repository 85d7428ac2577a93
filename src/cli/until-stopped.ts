/** Waits for Ctrl-C, or another signal that means the same. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The outcome of `work`; throws the signal's reason if that comes first. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = untilStopped(signal).then(() => {
    throw signal.reason;
  });
  return Promise.race([work, stopped]);
}
