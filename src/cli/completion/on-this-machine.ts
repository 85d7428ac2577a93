import { profilePath, readProfileFile, toObject, toText } from '../access/profile-file.js';
import { type PlaceOptions, readDataFolder } from '../access/settings.js';
import { Variables } from '../access/variables.js';
import type { Context } from '../context.js';
import { openJournals } from '../home/journals.js';
import type { Candidate } from './candidates.js';
import { isTypable } from './names.js';

/** The logins of the LangSmith tools, and where each leads. */
export function listProfiles(context: Context, { dotenv }: PlaceOptions): Candidate[] {
  const { profiles } = readProfileFile(profilePath(context, new Variables(context, dotenv)));
  return Object.entries(profiles)
    .map(([value, fields]) => ({ value, note: toText(toObject(fields).api_url) ?? '' }))
    .filter(({ value, note }) => isTypable(value) && (note === '' || isTypable(note)));
}

/** The recordings that were cut off, the latest first, and what each was to become. */
export async function listCutOff(context: Context, options: PlaceOptions): Promise<Candidate[]> {
  const journals = await openJournals(readDataFolder(context, options));
  return (await journals.interrupted()).map(({ id, source, dataset }) => {
    const note = `${source === '-' ? 'stdin' : source} → ${dataset}`;
    return { value: id, note: isTypable(note) ? note : '' };
  });
}
