import { Command } from 'commander';
import { connect } from '../access/connect.js';
import { type AtLangSmith, readPlace } from '../access/settings.js';
import { listUsableWorkspaces } from '../access/workspaces.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { Terminal } from '../screen/terminal.js';

export function whoamiCommand(context: Context): Command {
  const command = new Command('whoami')
    .description('Says who the key belongs to, where things go, and where each setting comes from.')
    .action((options: CommonOptions) => whoami(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record whoami
  $ ls-record whoami --json | jq -r .workspace.id
`,
  );
}

async function whoami(context: Context, options: CommonOptions): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const place = readPlace(context, options);
  if (place.where === 'home') {
    const { folder } = place;
    if (terminal.json) terminal.answerJson({ where: 'home', folder });
    else terminal.answerProse(`this machine: ${folder}`);
    if (!place.asked) terminal.say('Nobody is logged in to LangSmith: ls-record login does that.');
    return;
  }

  const connection = await connect(context, place, terminal);
  try {
    const { client } = connection;
    const [identity, workspaces] = await terminal.spin('Asking LangSmith', async () => [
      await client.whoAmI(),
      await listUsableWorkspaces(client),
    ]);
    const id = place.workspace?.value ?? identity.workspaceId;
    const found = workspaces.find((workspace) => workspace.id === id);
    const name = found?.name;
    if (terminal.json) {
      terminal.answerJson({
        where: 'langsmith',
        email: identity.email ?? null,
        organization: identity.organizationId ?? null,
        workspace: {
          id: id ?? null,
          name: name ?? null,
          role: found?.role ?? null,
          from: place.workspace?.described ?? null,
        },
        endpoint: { url: place.endpoint.value, from: place.endpoint.described },
        key: { kind: await kindOf(place), from: place.credential.described },
      });
      return;
    }
    const { workspace, endpoint, credential } = place;
    const where = name === undefined ? (id ?? 'none') : `${name}, ${id}`;
    terminal.answerProse(`user       ${identity.email ?? 'not told: a key of no one person'}`);
    terminal.answerProse(`workspace  ${where} (${workspace?.described ?? 'the key’s own'})`);
    terminal.answerProse(`endpoint   ${endpoint.value} (${endpoint.described})`);
    terminal.answerProse(`key        ${await kindOf(place)} (${credential.described})`);
  } finally {
    await connection.close();
  }
}

async function kindOf({ credential }: AtLangSmith): Promise<string> {
  const { keyKind } = await import('../access/try-key.js');
  return credential.kind === 'bearer' ? 'login of the official tools' : keyKind(credential.value);
}
