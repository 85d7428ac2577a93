import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import { parseEndpoint } from '../../langsmith/endpoint.js';
import { describeProxy } from '../../langsmith/network.js';
import type { AtLangSmith } from '../access/destination.js';
import { chooseProxy } from '../access/proxy.js';
import { collectTrust } from '../access/tls.js';
import type { Context } from '../context.js';
import { showBytes, showNumber, showSeconds } from '../screen/words.js';
import { type DoctorCheck, failed, failedBy, ok, warning } from './check.js';

const SKEW_MS = 60_000;

/** Proxy, authorities and name: what a connection needs. */
export async function checkWay(context: Context, destination: AtLangSmith): Promise<DoctorCheck[]> {
  const endpoint = parseEndpoint(destination.endpoint.value);
  const { hostname, protocol } = new URL(endpoint.root);
  const { proxy, passedBy } = chooseProxy(context, endpoint);
  const checks: DoctorCheck[] = [];
  if (proxy) checks.push(ok('proxy', `${describeProxy(proxy.value)} (${proxy.described})`));
  else checks.push(ok('proxy', passedBy === undefined ? 'none' : `not used: ${passedBy}`));

  const trust = protocol === 'https:' ? checkTrust(context, destination.caCert) : [];
  // A proxy looks names up by itself, and an address needs no name.
  const isNamed = !proxy && isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  return [...checks, ...trust, ...(isNamed ? [await checkName(hostname)] : [])];
}

function checkTrust(context: Context, caCert: string | undefined): DoctorCheck[] {
  const { sources, problems } = collectTrust(context, caCert);
  const checks = problems.map((problem) =>
    warning('trust', problem, 'Fix or unset it; it is being ignored.'),
  );
  return [...checks, ok('trust', `authorities from ${sources.join(', ')}`)];
}

async function checkName(hostname: string): Promise<DoctorCheck> {
  try {
    const { address } = await lookup(hostname);
    return ok('name', `${hostname} is ${address}`);
  } catch (error) {
    const { code = 'no answer' } = error as NodeJS.ErrnoException;
    return failed(
      'name',
      `cannot resolve ${hostname} (${code})`,
      'Check the endpoint and the network. Behind a proxy, set HTTPS_PROXY.',
      5,
    );
  }
}

/** Whether the server answers, and what its clock shows. */
export async function checkServer(client: LangSmith): Promise<DoctorCheck[]> {
  const startedMs = performance.now();
  try {
    const limits = await client.limits();
    const took = showSeconds((performance.now() - startedMs) / 1000);
    return [
      ok('connection', `${client.endpoint.host} answers in ${took}`),
      checkClock(client.nowMs() - Date.now()),
      ok(
        'server',
        `version ${limits.version}, accepts ${showNumber(limits.operations)} runs and ${showBytes(limits.bytes)} per request`,
      ),
    ];
  } catch (error) {
    // A login is renewed before the first request.
    const isAboutKey = error instanceof LsRecordError && error.code.startsWith('AUTH_');
    return [failedBy(isAboutKey ? 'key' : 'connection', error)];
  }
}

/** @param aheadMs how far the server's clock is before ours; it is stated to the second. */
function checkClock(aheadMs: number): DoctorCheck {
  if (Math.abs(aheadMs) <= SKEW_MS) return ok('clock', 'matches the server');
  const off = showSeconds(Math.round(Math.abs(aheadMs) / 1000));
  return warning(
    'clock',
    `${off} ${aheadMs > 0 ? 'behind' : 'ahead of'} the server`,
    'Set the clock: run times come from it.',
  );
}
