import { existsSync } from 'node:fs';
import { parseLink } from '../../langsmith/parse-link.js';
import { connect } from '../access/connect.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { homeFile, homeUrl } from './home-server.js';

/** Whether a URL is of a page of home, perhaps at the port that home had another time. */
export async function isAtHome(
  url: string,
  folder: string,
  context: Context,
  terminal: Terminal,
): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  if (
    protocol !== 'http:' ||
    !/^(localhost|[0-9a-f]{8}\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  )
    return false;
  if (port === new URL(homeUrl(folder)).port) return true;

  // A LangSmith of one's own may be on this machine, too: only what home holds is home's.
  const link = parseLink(url);
  if (!link || !existsSync(homeFile(folder))) return false;
  const { client, close } = await connect(
    context,
    { where: 'home', folder, asked: true },
    terminal,
  );
  try {
    const [experimentId] = link.experimentIds;
    const found =
      link.datasetId === undefined
        ? experimentId !== undefined && (await client.findExperiment(experimentId))
        : await client.findDataset(link.datasetId);
    return Boolean(found);
  } finally {
    await close();
  }
}
