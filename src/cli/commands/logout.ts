import { LsRecordError } from '../../errors.js';
import { forgetKey, readOwnProfile } from '../access/own-profile.js';
import { declare } from '../command.js';

export const command = declare({
  details:
    'Removes the key from the current profile, or from --profile. Its endpoint and workspace stay, and the key itself remains valid.',
  examples: ['logout', 'logout --profile work'],
  async run({ context, terminal }, _typed, options) {
    const profile = readOwnProfile(context, options, 'current');
    const where = profile.described;
    if (options.profile !== undefined && !profile.isThere) {
      const names = profile.names.join(', ');
      throw new LsRecordError('USAGE', `there is no ${where}`, {
        hint:
          names === '' ? 'There are no profiles: you are not logged in.' : `Profiles: ${names}.`,
      });
    }
    if (profile.hasCredential) forgetKey(profile);

    const { name, path, hasCredential } = profile;
    if (terminal.json) {
      terminal.answerJson({ logout: { profile: name, file: path, removed: hasCredential } });
    }
    if (hasCredential) terminal.praise(`Logged out: removed the key from ${where}`);
    else terminal.say(`Not logged in: no key in ${where}.`);
    if (profile.keyBefore) {
      terminal.warn(`${profile.keyBefore.described} is still used while it is set`);
    }
  },
});
