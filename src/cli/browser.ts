import { type Context, isInCi } from './context.js';

/** Whether a browser that we open would come up in front of the person who asked. */
export function hasBrowser(context: Pick<Context, 'environment' | 'platform'>): boolean {
  const { environment, platform } = context;
  if (isInCi(context)) return false;
  if (environment.SSH_CONNECTION || environment.SSH_CLIENT || environment.SSH_TTY) return false;
  if (platform !== 'linux') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY || environment.WSL_DISTRO_NAME);
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
