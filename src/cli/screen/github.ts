import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Origin } from '../../input/row.js';
import type { Context } from '../context.js';

/**
 * GitHub shows ten of a kind for a step. Lines of a file leave room for what is said of all of them.
 *
 * @see https://docs.github.com/en/actions/reference/limits
 */
const SHOWN = { all: 10, lines: 8 };

/**
 * The log of GitHub Actions, where a line can be a command: it folds lines, or pins an error to a line of a file.
 *
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export class GithubLog {
  readonly #folder: string;
  readonly #root: string;
  readonly #said = { error: 0, warning: 0 };
  readonly #pinned = { error: 0, warning: 0 };

  private constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** Undefined where it is not GitHub that runs us. */
  static of(context: Context): GithubLog | undefined {
    const { GITHUB_ACTIONS, GITHUB_WORKSPACE } = context.environment;
    if (GITHUB_ACTIONS !== 'true') return undefined;
    return new GithubLog(context.workingFolder, GITHUB_WORKSPACE || context.workingFolder);
  }

  /** The lines between these two are folded. */
  openGroup(title: string): string {
    return `::group::${escapeData(title)}`;
  }

  closeGroup(): string {
    return '::endgroup::';
  }

  /** A line that GitHub shows on its pages too; undefined if it would show no more of this kind. */
  annotate(kind: 'error' | 'warning', text: string, place?: Origin): string | undefined {
    if (this.#said[kind] === SHOWN.all) return undefined;
    if (place && ++this.#pinned[kind] > SHOWN.lines) return undefined;
    this.#said[kind]++;
    const properties = place ? ` ${this.#locate(place)}` : '';
    return `::${kind}${properties}::${escapeData(text)}`;
  }

  #locate({ file, line, column }: Origin): string {
    const fromRoot = relative(this.#root, resolve(this.#folder, file));
    const isInside = !fromRoot.startsWith('..') && !isAbsolute(fromRoot);
    const path = isInside ? fromRoot.replaceAll(sep, '/') : file;
    const properties = [`file=${escapeProperty(path)}`, `line=${line}`];
    if (column !== undefined) properties.push(`col=${column}`);
    return properties.join(',');
  }
}

/**
 * A line that GitHub takes for no command, whatever it was made of.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs: `::` after spaces at the start of
 * a line, and the older `##[` anywhere in it.
 */
export function withoutCommands(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '## [');
}

/** The same for JSON, which means what it meant. */
export function jsonWithoutCommands(json: string): string {
  return json.replaceAll('##[', '#\\u0023[');
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
