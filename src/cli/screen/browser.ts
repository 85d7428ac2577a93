import { type Context, isInCi } from '../context.js';

/** Whether a browser that we open would come up in front of the person who asked. */
export function hasBrowser(context: Pick<Context, 'environment' | 'platform'>): boolean {
  const { environment, platform } = context;
  if (isInCi(context)) return false;
  if (environment.SSH_CONNECTION || environment.SSH_CLIENT || environment.SSH_TTY) return false;
  if (platform !== 'linux') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY || environment.WSL_DISTRO_NAME);
}

/** How to see a page of this machine from the one where the person sits, if that is another; undefined: as usual. */
export function whereToSee(
  url: string,
  { environment }: Pick<Context, 'environment'>,
): string | undefined {
  const { hostname, port } = new URL(url);
  const isOverSsh = environment.SSH_CONNECTION || environment.SSH_CLIENT || environment.SSH_TTY;
  if (!isOverSsh || !/^127\.0\.0\.1$|\.localhost$/.test(hostname)) return undefined;
  // "client-address client-port server-address server-port". @see https://man.openbsd.org/ssh#SSH_CONNECTION
  const server = environment.SSH_CONNECTION?.split(' ')[2] ?? 'this-machine';
  return `To see it on your own computer, run there: ssh -L ${port}:127.0.0.1:${port} ${server}`;
}

/** Opens a page in the browser; false if that failed. */
export async function openInBrowser(url: string): Promise<boolean> {
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    // Its failure must not end us: the address is printed anyway.
    browser.on('error', () => {});
    return true;
  } catch {
    return false;
  }
}
