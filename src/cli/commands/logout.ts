import { Command } from 'commander';
import { LsRecordError } from '../../errors.js';
import { forgetKey, readOwnProfile } from '../access/own-profile.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { Terminal } from '../screen/terminal.js';

export function logoutCommand(context: Context): Command {
  const command = new Command('logout')
    .description(
      'Removes the key from the profile in use, or from the one of --profile. Its endpoint and workspace stay, and the key itself goes on to be valid.',
    )
    .action((options: CommonOptions) => logout(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record logout
  $ ls-record logout --profile work
`,
  );
}

async function logout(context: Context, options: CommonOptions): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const profile = readOwnProfile(context, options, 'current');
  const where = profile.described;
  if (options.profile !== undefined && !profile.isThere) {
    const names = profile.names.join(', ');
    throw new LsRecordError('USAGE', `there is no ${where}`, {
      hint: names === '' ? 'There are no profiles: nobody is logged in.' : `There is: ${names}.`,
    });
  }
  if (profile.hasCredential) forgetKey(profile);

  const { name, path, hasCredential } = profile;
  if (terminal.json) {
    terminal.answerJson({ logout: { profile: name, file: path, removed: hasCredential } });
  }
  if (hasCredential) terminal.praise(`Logged out: the key is gone from ${where}`);
  else terminal.say(`Nobody is logged in: there is no key in ${where}.`);
  if (profile.keyBefore) {
    terminal.warn(`${profile.keyBefore.described} is still used, as long as that is set`);
  }
}
