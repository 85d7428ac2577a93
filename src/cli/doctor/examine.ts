import { openClientFor } from '../access/connect.js';
import { agreeToRedirect } from '../access/consent.js';
import { type Place, type PlaceOptions, readDataFolder, readPlace } from '../access/settings.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { checkAccount } from './account.js';
import { type Check, failedBy, ok, warning } from './check.js';
import { checkHome, checkVersions } from './this-machine.js';
import { checkServer, checkWay } from './way.js';

const RETRY_FOR_MS = 3_000;

/** Looks at everything in the order in which a recording needs it; what comes to nothing ends its branch. */
export async function* examineAll(
  context: Context,
  terminal: Terminal,
  options: PlaceOptions,
): AsyncGenerator<Check> {
  yield* checkVersions(context);
  yield* examineLangSmith(context, terminal, options);
  yield await checkHome(readDataFolder(context, options), context);
}

async function* examineLangSmith(
  context: Context,
  terminal: Terminal,
  options: PlaceOptions,
): AsyncGenerator<Check> {
  let place: Place;
  try {
    place = readPlace(context, options);
  } catch (error) {
    yield failedBy('settings', error);
    return;
  }
  if (place.where === 'home') {
    const words = place.asked
      ? 'all stays on this machine, as was asked'
      : 'there is no key, so all stays on this machine; to send it to LangSmith: ls-record login';
    yield ok('settings', words);
    return;
  }

  try {
    await agreeToRedirect(place, context, terminal);
  } catch (error) {
    yield failedBy('settings', error);
    return;
  }
  const { endpoint, credential } = place;
  yield ok('endpoint', `${endpoint.value} (${endpoint.described})`);
  const { described, exposed } = credential;
  yield exposed === undefined
    ? ok('key from', described)
    : warning('key from', `${described}, which other users may read`, `chmod 600 ${exposed}`);
  try {
    for (const check of await checkWay(context, place)) {
      yield check;
      if (check.state === 'failed') return;
    }
  } catch (error) {
    yield failedBy('way', error);
    return;
  }

  const client = await openClientFor(context, place, terminal, RETRY_FOR_MS);
  try {
    for (const check of await checkServer(client)) {
      yield check;
      if (check.state === 'failed') return;
    }
    yield* await checkAccount(context, terminal, place, client);
  } finally {
    await client.close();
  }
}
