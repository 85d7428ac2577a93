import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { STYLE } from './style.js';

export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** Compiled scripts. The path leads to them from the sources as well as from `dist/`. */
const SCRIPTS = new URL('../../../dist/server/page/client/', import.meta.url);

const files: [string, Asset][] = [
  ['style.css', { type: 'text/css; charset=utf-8', text: compact(STYLE) }],
  ...readdirSync(SCRIPTS).map((name): [string, Asset] => [
    name,
    { type: 'text/javascript; charset=utf-8', text: readFileSync(new URL(name, SCRIPTS), 'utf8') },
  ]),
];

const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);

/** Where an asset is. The hash of all of them is in the path, so that a browser keeps them for good. */
export function assetPath(name: 'style.css' | 'main.js'): string {
  return `/pages/${hash}/${name}`;
}

/** What the pages load, by path. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(
  files.map(([name, asset]) => [`/pages/${hash}/${name}`, asset]),
);

/** Without the white space and the long names that only people need. */
function compact(style: string): string {
  const names = [...new Set(style.match(/--[a-z-]+/g))];
  return style
    .replace(/--[a-z-]+/g, (name) => `--${names.indexOf(name).toString(36)}`)
    .replace(/;?\s*([{}>+])\s*|([:;,])\s+|(?<=[ (,:])0(?=\.\d)/g, '$1$2')
    .trim();
}
