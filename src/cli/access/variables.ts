import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { LsRecordError } from '../../errors.js';
import type { Context } from '../context.js';
import { readSmallFile } from './small-file.js';

/** A value, and where it was found. */
export interface Setting {
  readonly value: string;
  /** The same for all that one source says, so that a key and a host are known to belong together. */
  readonly source: string;
  /** For a person: `LANGSMITH_API_KEY in ./.env`. */
  readonly described: string;
}

interface Layer {
  readonly source: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** The environment, then the files that add to it. */
export class Variables {
  readonly #layers: readonly Layer[];

  /**
   * @param withFolder whether the folder's own `.env` has a say.
   * @throws {LsRecordError} `USAGE` if a file of `--dotenv` cannot be read.
   */
  constructor(
    { environment, workingFolder }: Context,
    dotenvs: readonly string[] = [],
    withFolder = true,
  ) {
    const typed = dotenvs.map((file) => ({
      source: file,
      values: readTyped(workingFolder, file),
    }));
    this.#layers = [
      { source: 'the environment', values: environment },
      // As with node --env-file, a later file wins over an earlier one.
      ...typed.reverse(),
      ...(withFolder ? [{ source: './.env', values: readFolders(workingFolder) }] : []),
    ];
  }

  /** The first that has one of these names, in their order. */
  find(...names: readonly string[]): Setting | undefined {
    for (const { source, values } of this.#layers) {
      for (const name of names) {
        const value = clean(values[name]);
        if (value !== undefined) return { value, source, described: `${name} in ${source}` };
      }
    }
    return undefined;
  }

  /** `LANGSMITH_<name>`, then `LANGCHAIN_<name>`. */
  findLangSmith(name: string): Setting | undefined {
    return this.find(`LANGSMITH_${name}`, `LANGCHAIN_${name}`);
  }

  /** What the environment itself says. A `.env` that came with a checkout does not choose files to trust. */
  findInEnvironment(name: string): string | undefined {
    return clean(this.#layers[0]?.values[name]);
  }
}

/** Without the quotes and spaces that copying brings along; undefined if nothing is left. */
export function clean(value: string | undefined): string | undefined {
  const trimmed = value?.trim() ?? '';
  const unquoted = /^(["'])(.*)\1$/s.exec(trimmed)?.[2] ?? trimmed;
  return unquoted.trim() || undefined;
}

/** Such as a key is made of. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function readTyped(workingFolder: string, file: string): Layer['values'] {
  try {
    return parse(resolve(workingFolder, file));
  } catch (error) {
    throw new LsRecordError('USAGE', `cannot read the --dotenv file ${file}`, {
      hint: 'Check its path. It should contain lines such as LANGSMITH_API_KEY=…',
      cause: error,
    });
  }
}

/** What a folder says of itself. It may have come with a checkout, so it does not choose the database that is opened. */
function readFolders(workingFolder: string): Layer['values'] {
  try {
    const { LS_RECORD_HOME: _, ...values } = parse(resolve(workingFolder, '.env'));
    return values;
  } catch {
    // Nobody asked for this file: usually there is none, or a folder of Python's.
    return {};
  }
}

function parse(path: string): Layer['values'] {
  return parseEnv(readSmallFile(path).replace(/^\uFEFF/, ''));
}
