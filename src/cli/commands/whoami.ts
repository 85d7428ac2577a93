import { type AtLangSmith, readDestination } from '../access/destination.js';
import { listUsableWorkspaces } from '../access/workspaces.js';
import { declare } from '../command.js';

export const command = declare({
  details: 'Shows where each setting comes from.',
  examples: ['whoami', 'whoami --json | jq -r .workspace.id'],
  async run({ context, terminal, connect, answer }, _typed, options) {
    const destination = readDestination(context, options);
    if (destination.where === 'home') {
      const { folder, asked } = destination;
      answer({ where: 'home', folder }, () => {
        terminal.answerProse(`this machine: ${folder}`);
        if (!asked) terminal.say('Not logged in to LangSmith. To log in: ls-record login.');
      });
      return;
    }

    const { client } = await connect();
    const [identity, workspaces] = await terminal.spin('Asking LangSmith', async () => [
      await client.whoAmI(),
      await listUsableWorkspaces(client),
    ]);
    const { workspace, endpoint, credential } = destination;
    const id = workspace?.value ?? identity.workspaceId;
    const found = workspaces.find((one) => one.id === id);
    const name = found?.name;
    const kind = await kindOf(destination);
    const json = {
      where: 'langsmith',
      email: identity.email ?? null,
      organization: identity.organizationId ?? null,
      workspace: {
        id: id ?? null,
        name: name ?? null,
        role: found?.role ?? null,
        from: workspace?.described ?? null,
      },
      endpoint: { url: endpoint.value, from: endpoint.described },
      key: { kind, from: credential.described },
    };
    answer(json, () => {
      const where = name === undefined ? (id ?? 'none') : `${name}, ${id}`;
      terminal.answerProse(`user       ${identity.email ?? 'unknown: not a personal key'}`);
      terminal.answerProse(`workspace  ${where} (${workspace?.described ?? 'the key’s own'})`);
      terminal.answerProse(`endpoint   ${endpoint.value} (${endpoint.described})`);
      terminal.answerProse(`key        ${kind} (${credential.described})`);
    });
  },
});

async function kindOf({ credential }: AtLangSmith): Promise<string> {
  const { keyKind } = await import('../access/try-key.js');
  return credential.kind === 'bearer' ? 'login of the official tools' : keyKind(credential.value);
}
