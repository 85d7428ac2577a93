import { LsRecordError } from '../../errors.js';
import { refusePlainHttp } from '../access/destination.js';
import { keepKey, readOwnProfile } from '../access/own-profile.js';
import { readKey } from '../access/read-key.js';
import { declare } from '../command.js';
import type { CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';

export const command = declare({
  details:
    'Finds the region that the key belongs to, and stores it where the official LangSmith tools do. Reads the key from stdin if it is piped in.',
  examples: [
    'login',
    'login --workspace "My team" < key.txt',
    'login --profile work --endpoint https://langsmith.example.com/api',
  ],
  run: ({ context, terminal }, _typed, options) => login(context, terminal, options),
});

async function login(context: Context, terminal: Terminal, options: CommonOptions): Promise<void> {
  if (options.local) {
    throw new LsRecordError('USAGE', 'no login is needed for this machine', {
      hint: 'Omit --local to log in to LangSmith.',
    });
  }
  const { endpoint: typed, caCert } = options;
  if (typed !== undefined) {
    refusePlainHttp({ value: typed, described: '--endpoint' }, 'this login');
  }
  const profile = readOwnProfile(context, options, 'default');
  const key = await readKey(context, terminal);

  const { findServer, proveKey } = await import('../access/find-server.js');
  const { keyKind, nameServer } = await import('../access/try-key.js');
  const { chooseWorkspace } = await import('../access/pick-workspace.js');
  const asking = { context, terminal, key, caCert };
  const server = await terminal.spin('Checking the key', () =>
    findServer(asking, typed, profile.endpoint),
  );
  const workspace = await chooseWorkspace(asking, server, options.workspace);
  const login = await proveKey(asking, server, workspace?.id);
  keepKey(profile, { key, endpoint: server.endpoint, workspace: workspace?.id });

  const { email } = login;
  if (terminal.json) {
    terminal.answerJson({
      login: {
        profile: profile.name,
        file: profile.path,
        endpoint: server.endpoint,
        email: email ?? null,
        workspace: workspace ? { id: workspace.id, name: workspace.name } : null,
        key: keyKind(key),
      },
    });
  }
  const who = email === undefined ? '' : ` as ${email}`;
  const where = workspace === undefined ? '' : `, workspace ${workspace.name}`;
  terminal.praise(`Logged in to ${nameServer(server.endpoint)}${who}${where}`);
  terminal.say(`The key is stored in ${profile.described}, readable only by you.`);
  if (profile.keyBefore) {
    terminal.warn(`${profile.keyBefore.described} overrides it while it is set`);
  }
}
