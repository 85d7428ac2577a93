import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import * as tls from 'node:tls';
import { LsRecordError } from '../../errors.js';
import type { Context } from '../context.js';
import { readSmallFile } from './small-file.js';
import { clean } from './variables.js';

/** Where distributions keep the authorities that they trust (Go: crypto/x509/root_linux.go). */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Authorities that are trusted besides Node's own. */
export interface Trust {
  /** PEM texts. */
  readonly certificates: readonly string[];
  /** Where all come from, Node's too, for a person. */
  readonly sources: readonly string[];
  /** What was named but cannot be used. */
  readonly problems: readonly string[];
}

/**
 * The authorities of this machine: `--ca-cert`, then SSL_CERT_FILE or else what
 * the system trusts. Of the environment only: a `.env` does not choose whom to trust.
 *
 * @throws {LsRecordError} `USAGE` if the file of `--ca-cert` holds no certificate.
 */
export function collectTrust(context: Context, caCert: string | undefined): Trust {
  const { environment, workingFolder, platform } = context;
  const certificates: string[] = [];
  const sources = ['Node'];
  const problems: string[] = [];

  const seen = new Set<string>();
  const add = (file: string, described: string): boolean => {
    const path = resolve(workingFolder, file);
    if (seen.has(path)) return true;
    seen.add(path);
    const read = readCertificates(path);
    if ('problem' in read) {
      problems.push(`${described}: ${read.problem}`);
      return false;
    }
    certificates.push(read.text);
    sources.push(described);
    return true;
  };

  if (caCert !== undefined && !add(caCert, `--ca-cert ${caCert}`)) {
    throw new LsRecordError('USAGE', `cannot use the certificate file from ${problems.join()}`, {
      hint: 'It must contain PEM certificates: -----BEGIN CERTIFICATE-----.',
    });
  }
  const extra = clean(environment.NODE_EXTRA_CA_CERTS);
  // Newer versions count it among their own.
  if (extra !== undefined && !(tls as Newer).getCACertificates)
    add(extra, `NODE_EXTRA_CA_CERTS ${extra}`);

  const named = clean(environment.SSL_CERT_FILE);
  if (named !== undefined && add(named, `SSL_CERT_FILE ${named}`)) {
    return { certificates, sources, problems };
  }
  const system = systemStore();
  if (system.length > 0) {
    for (const certificate of system) certificates.push(certificate);
    sources.push('the system');
  } else if (platform !== 'win32') {
    const bundle = BUNDLES.find((path) => 'text' in readCertificates(path));
    if (bundle !== undefined) add(bundle, bundle);
  }
  return { certificates, sources, problems };
}

/** In Node 22.15 and later. The types are those of Node 20. */
type Newer = { getCACertificates?: (type: 'default' | 'system') => string[] };

function systemStore(): readonly string[] {
  return (tls as Newer).getCACertificates?.('system') ?? [];
}

function readCertificates(path: string): { text: string } | { problem: string } {
  try {
    const text = readSmallFile(path);
    // Reads the first: OpenSSL would pass over a file without any in silence.
    new X509Certificate(text);
    return { text };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return {
      problem: isAbsent ? 'no such file' : 'it contains no readable certificate',
    };
  }
}
