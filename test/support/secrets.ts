import { createHash } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALPHABETS: Readonly<Record<string, string>> = {
  hex: '0123456789abcdef',
  digit: DIGITS,
  letter: LETTERS,
  alphanumeric: LETTERS + DIGITS,
  word: LETTERS + DIGITS,
  base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
};

/** Secrets are made when a test runs, so that none lies in the repository: `<20 hex>` becomes 20 hex digits. */
export function expandTemplate(template: string, seed = ''): string {
  return template.replace(/<(\d+) (\w+)>/g, (_, count, kind, at) =>
    randomText(Number(count), ALPHABETS[kind] ?? '', `${template}${seed}${at}`),
  );
}

function randomText(length: number, alphabet: string, seed: string): string {
  return Array.from({ length }, (_, n) => {
    const byte = createHash('sha256').update(`${seed} ${n}`).digest().readUInt16BE();
    return alphabet[byte % alphabet.length];
  }).join('');
}
