import { expect, test } from 'vitest';
import { hasBrowser, whereToSee } from '../../src/cli/screen/browser.js';

test.for([
  ['linux', { DISPLAY: ':0' }],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }],
  ['linux', { WSL_DISTRO_NAME: 'Ubuntu' }],
  ['darwin', {}],
  ['win32', {}],
] as [NodeJS.Platform, Record<string, string>][])(
  'there is a browser on %s with %j',
  ([platform, environment]) => {
    expect(hasBrowser({ platform, environment })).toBe(true);
  },
);

test.for([
  ['linux', {}],
  ['linux', { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }],
  ['darwin', { SSH_TTY: '/dev/ttys001' }],
  ['darwin', { CI: 'true' }],
] as [NodeJS.Platform, Record<string, string>][])(
  'there is none on %s with %j',
  ([platform, environment]) => {
    expect(hasBrowser({ platform, environment })).toBe(false);
  },
);

test('a page of this machine is seen over ssh through a tunnel', () => {
  const environment = { SSH_CONNECTION: '10.0.0.1 51000 10.0.0.2 22' };

  expect(whereToSee('http://127.0.0.1:4984/o/1', { environment })).toContain(
    'ssh -L 4984:127.0.0.1:4984 10.0.0.2',
  );
  expect(whereToSee('https://smith.langchain.com/o/1', { environment })).toBeUndefined();
  expect(whereToSee('http://127.0.0.1:4984/o/1', { environment: {} })).toBeUndefined();
});
