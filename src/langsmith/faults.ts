/** Why a request came to nothing. */
export interface Failure {
  readonly reason: string;
  /** What to do about it, if that is known. */
  readonly hint?: string;
  readonly retryAfterMs?: number;
  /** Something answered; without it, the way there is broken. */
  readonly isAnswer?: boolean;
  /** Too much was asked: of the moment, the hour or the month. */
  readonly isQuota?: boolean;
  /** Asking again will not help, unless there was an answer before. */
  readonly isFinal?: boolean;
  /** The same answer would come again. */
  readonly isLasting?: boolean;
  /** The server itself answered, so the address is right. */
  readonly isLangSmith?: boolean;
  /** The answer came from something that is no LangSmith API. */
  readonly notLangSmith?: boolean;
}

const NETWORK_REASONS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'cannot resolve the host name',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out waiting for an answer',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has too many headers',
  LATE: 'timed out waiting for an answer',
  TOO_SLOW: 'the answer came too slowly',
};

/** An answer that takes more than it was given: time, or room. */
export class BoundlessAnswer extends Error {
  readonly code: 'LATE' | 'TOO_SLOW' | 'TOO_LONG';

  constructor(code: BoundlessAnswer['code']) {
    super(code);
    this.code = code;
  }
}

const CLOCK_HINT =
  'Check the clock of this machine; if it is right, the server’s certificate must be renewed.';
const UNKNOWN_AUTHORITY: Failure = {
  reason: 'its certificate is from an unknown authority',
  hint: 'Behind a corporate proxy, or with a self-hosted server, trust its certificate authority with --ca-cert FILE, or SSL_CERT_FILE.',
};

/** Codes of OpenSSL's verification, as Node passes them on. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TRUST_FAULTS: Record<string, Failure> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    ...UNKNOWN_AUTHORITY,
    reason: 'its certificate is self-signed',
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
};
const CERTIFICATE_FAULTS: Record<string, Failure> = {
  ...TRUST_FAULTS,
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', hint: CLOCK_HINT },
  CERT_NOT_YET_VALID: { reason: 'its certificate is not valid yet', hint: CLOCK_HINT },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another host',
    hint: 'Check the host name in the endpoint: the certificate must list it.',
  },
};

/** Whoever trusted more authorities would have got through. */
export function isAboutTrust(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return Object.hasOwn(TRUST_FAULTS, code);
}

/**
 * Tells in words why no answer came.
 *
 * @throws what is no fault of the network.
 */
export function readFault(error: unknown): Failure {
  if (!(error instanceof Error)) throw error;
  const { code, cause } = error as NodeJS.ErrnoException;
  if (error.name === 'HTTPParserError')
    return { reason: 'it does not speak HTTP there', isFinal: true };
  // Without a code it is no fault of the network but a bug of ours.
  if (code === undefined) throw error;
  // undici wraps what is wrong with the certificate of a proxy.
  if (code === 'UND_ERR_PRX_TLS' && cause instanceof Error) return readFault(cause);

  const tunnel = /^Proxy response \((\d+)\)/.exec(error.message);
  if (tunnel) return refusedTunnel(Number(tunnel[1]));
  const certificate = CERTIFICATE_FAULTS[code];
  if (certificate) {
    return { ...certificate, reason: `${certificate.reason} (${code})`, isFinal: true };
  }
  if (code === 'TOO_LONG') {
    return {
      reason: 'its answer is larger than expected',
      hint: 'Check the endpoint. If it is LangSmith, request less: use --limit, or another dataset.',
      isLasting: true,
    };
  }
  if (/^EPROTO|WRONG_VERSION|SSL_PACKET/.test(code)) {
    return { reason: `it does not speak https there (${code})`, isFinal: true };
  }
  if (isTls(code)) return { reason: `its certificate is not trusted (${code})`, isFinal: true };
  const reason = NETWORK_REASONS[code] ?? (error.message || code);
  return code === 'UND_ERR_HEADERS_OVERFLOW' ? { reason, isFinal: true } : { reason };
}

/** A header of an answer; one that comes more than once has several values. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Answers that no LangSmith gives, each with what to do; undefined for all others. */
export function readOddAnswer(status: number, headers: Headers): Failure | undefined {
  const { location, 'content-encoding': encoding } = headers;
  if (status >= 300 && status < 400) {
    return {
      reason: `it redirects to ${hostOf(location)} (${status})`,
      hint: 'Keys are not sent to redirect targets. If you trust that host, set it with --endpoint.',
      isAnswer: true,
      isFinal: true,
    };
  }
  if (encoding !== undefined && encoding !== 'identity') {
    return {
      reason: `its answer is compressed (${encoding}), which was not requested`,
      hint: 'Ask the administrator of the server, or of a proxy in front of it, to send answers uncompressed.',
      isAnswer: true,
      isFinal: true,
    };
  }
  return undefined;
}

function hostOf(location: string | string[] | undefined): string {
  return typeof location === 'string' && URL.canParse(location)
    ? new URL(location).host
    : 'another address';
}

/** What stands in the way of encryption does not pass by itself. */
function isTls(code: string): boolean {
  return /^ERR_(SSL|TLS)_|CERT|SIGNATURE/.test(code);
}

function refusedTunnel(status: number): Failure {
  const reason = `the proxy answered ${status}`;
  if (status === 407) {
    const hint =
      'The proxy requires a user and a password: HTTPS_PROXY=http://user:password@host:port.';
    return { reason, hint, isFinal: true };
  }
  if (status >= 500) return { reason };
  return {
    reason,
    hint: 'Ask the administrator of the proxy to allow this host, or add the host to NO_PROXY.',
    isFinal: true,
  };
}
