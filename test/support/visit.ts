import { request } from 'node:http';

export interface Visited {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it is sent back: `name=value`. */
  readonly cookie: string | undefined;
}

/** One request of a browser to this machine, whatever name the address has: no name is looked up. */
export function ask(
  address: string,
  headers: Readonly<Record<string, string>> = {},
  { method = 'GET', body }: { method?: string; body?: string } = {},
): Promise<Visited> {
  const { host, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: pathname + search, method, headers: { host, ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            text,
            headers: answer.headers,
            cookie: answer.headers['set-cookie']?.[0]?.split(';')[0],
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Opens an address as a browser does: takes the session that it gives, and goes where it leads. */
export async function visit(address: string): Promise<Visited> {
  const { headers, cookie, ...first } = await ask(address, { 'sec-fetch-site': 'none' });
  if (first.status !== 303) return { ...first, headers, cookie };
  const next = new URL(String(headers.location), address).href;
  return { ...(await ask(next, { ...(cookie && { cookie }) })), cookie };
}
