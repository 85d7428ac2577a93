import { type DestinationOptions, readDataFolder } from '../access/destination.js';
import { profilePath, readProfileFile, toObject, toText } from '../access/profile-file.js';
import { Variables } from '../access/variables.js';
import type { Context } from '../context.js';
import { openJournals } from '../home/open-journals.js';
import type { CompletionWord } from './candidates.js';
import { isTypable } from './known-names.js';

/** The logins of the LangSmith tools, and where each leads. */
export function listProfiles(context: Context, { dotenv }: DestinationOptions): CompletionWord[] {
  const { profiles } = readProfileFile(profilePath(context, new Variables(context, dotenv)));
  return Object.entries(profiles)
    .map(([value, fields]) => ({ value, note: toText(toObject(fields).api_url) ?? '' }))
    .filter(({ value, note }) => isTypable(value) && (note === '' || isTypable(note)));
}

/** The recordings that were cut off, the latest first, and what each was to become. */
export async function listCutOff(
  context: Context,
  options: DestinationOptions,
): Promise<CompletionWord[]> {
  const journals = await openJournals(readDataFolder(context, options));
  return (await journals.interrupted()).map(({ id, source, dataset }) => {
    const note = `${source === '-' ? 'stdin' : source} → ${dataset}`;
    return { value: id, note: isTypable(note) ? note : '' };
  });
}
