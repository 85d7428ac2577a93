import { openClientFor } from '../access/connect.js';
import { agreeToRedirect } from '../access/consent.js';
import {
  type Destination,
  type DestinationOptions,
  readDataFolder,
  readDestination,
} from '../access/destination.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { type DoctorCheck, failedBy, ok, warning } from './check.js';
import { checkAccount } from './check-account.js';
import { checkHome, checkVersions } from './this-machine.js';
import { checkServer, checkWay } from './way.js';

const RETRY_FOR_MS = 3_000;

/** Looks at everything in the order in which a recording needs it; what comes to nothing ends its branch. */
export async function* examineAll(
  context: Context,
  terminal: Terminal,
  options: DestinationOptions,
): AsyncGenerator<DoctorCheck> {
  yield* checkVersions(context);
  yield* examineLangSmith(context, terminal, options);
  yield await checkHome(readDataFolder(context, options), context);
}

async function* examineLangSmith(
  context: Context,
  terminal: Terminal,
  options: DestinationOptions,
): AsyncGenerator<DoctorCheck> {
  let destination: Destination;
  try {
    destination = readDestination(context, options);
  } catch (error) {
    yield failedBy('settings', error);
    return;
  }
  if (destination.where === 'home') {
    const words = destination.asked
      ? 'everything stays on this machine, as requested'
      : 'no API key found, so everything stays on this machine; to use LangSmith: ls-record login';
    yield ok('settings', words);
    return;
  }

  try {
    await agreeToRedirect(destination, context, terminal);
  } catch (error) {
    yield failedBy('settings', error);
    return;
  }
  const { endpoint, credential } = destination;
  yield ok('endpoint', `${endpoint.value} (${endpoint.described})`);
  const { described, exposed } = credential;
  yield exposed === undefined
    ? ok('key from', described)
    : warning('key from', `${described}, which other users can read`, `chmod 600 ${exposed}`);
  try {
    for (const check of await checkWay(context, destination)) {
      yield check;
      if (check.state === 'failed') return;
    }
  } catch (error) {
    yield failedBy('way', error);
    return;
  }

  const client = await openClientFor(context, destination, terminal, RETRY_FOR_MS);
  try {
    for (const check of await checkServer(client)) {
      yield check;
      if (check.state === 'failed') return;
    }
    yield* await checkAccount(context, terminal, destination, client);
  } finally {
    await client.close();
  }
}
