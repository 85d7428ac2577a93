import { hash } from 'node:crypto';
import type { Row, Source } from '../../input/row.js';
import type { JsonObject } from '../../json/value.js';
import { nativeSource } from '../../results/native.js';
import type { RecognisedSource } from '../../results/recognised.js';
import { FORMS } from './forms.js';
import { type RedactOptions, Redactor } from './redactor.js';

/**
 * Sources whose rows are redacted as they are read, before they are checked, named or written anywhere. Without
 * options, rows stay as they are and what looks like a secret is counted.
 *
 * @throws {LsRecordError} `USAGE` for options that cannot be; while rows are read to their end, for a field that none has.
 */
export function redactSources(
  given: readonly (RecognisedSource | Source)[],
  options: RedactOptions,
): readonly RecognisedSource[] {
  const { redact, redactPattern = [], redactField = [] } = options;
  const sources = given.map(nativeSource);
  const redactor = new Redactor(options);
  if (!redact && redactPattern.length + redactField.length === 0)
    return sources.map((source) => withRows(source, warned));
  const decided = describe(options);
  const left = new Set(sources);
  return sources.map((source) => ({
    ...withRows(
      source,
      (row) => redactor.redact(row),
      () => {
        left.delete(source);
        // Rows of a stream are recorded already.
        if (left.size === 0 && !source.live) redactor.checkFields();
      },
    ),
    decisions: () => ({ ...source.decisions(), redact: decided }),
  }));
}

function withRows(
  source: RecognisedSource,
  change: (row: Row) => Row,
  atEnd?: () => void,
): RecognisedSource {
  return {
    ...source,
    async *rows(options) {
      for await (const row of source.rows(options)) yield change(row);
      atEnd?.();
    },
  };
}

const finder = new Redactor({ redact: true }, 'sent as it is (--redact removes it)');

function warned(row: Row): Row {
  const { changes } = finder.redact(row);
  return changes ? { ...row, changes } : row;
}

/** What identifies the reading. Expressions may hold what they remove: only their hash is kept. */
function describe(options: RedactOptions): JsonObject {
  const { redact, redactExcept = [], redactPattern = [], redactField = [] } = options;
  const hashes = redactPattern.map((text) => hash('sha256', text, 'hex'));
  return {
    forms: redact
      ? FORMS.map(({ name }) => name).filter((name) => !redactExcept.includes(name))
      : [],
    patterns: hashes.sort(),
    fields: [...redactField].sort(),
  };
}
