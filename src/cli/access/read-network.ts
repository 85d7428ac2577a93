import { parseEndpoint } from '../../langsmith/endpoint.js';
import type { NetworkOptions } from '../../langsmith/network.js';
import type { Context } from '../context.js';
import { chooseProxy } from './proxy.js';
import { collectTrust } from './tls.js';

/**
 * How to get to a server from this machine: its proxy, and whom to trust.
 *
 * @param caCert file of `--ca-cert`.
 * @throws {LsRecordError} `USAGE` if the proxy or the file of certificates is none.
 */
export function readNetwork(
  context: Context,
  endpointText: string,
  caCert: string | undefined,
): NetworkOptions {
  const endpoint = parseEndpoint(endpointText);
  const { proxy } = chooseProxy(context, endpoint);
  // Read at once, though it is seldom needed: a mistyped --ca-cert should not lie in wait.
  if (caCert !== undefined) collectTrust(context, caCert);
  return {
    proxy: proxy?.value,
    authorities: () => collectTrust(context, caCert).certificates,
  };
}
