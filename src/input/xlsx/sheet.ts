import { LsRecordError } from '../../errors.js';
import { describeSize } from '../../json/size.js';
import { MAX_ROW_CHARACTERS } from '../row-text.js';
import type { TableRecord } from '../table.js';
import type { Tolerated } from '../tolerated.js';
import { type CellContext, columnOf, textOfCell, withoutEscapes } from './cells.js';
import { type Attributes, broken, readXml, type XmlListener } from './xml.js';

/** Columns of a sheet go up to XFD. */
const MAX_COLUMNS = 16_384;

/** Reads the rows of a sheet as they come, each to its last cell that is not empty. */
export async function* readSheet(
  text: AsyncIterable<string>,
  place: string,
  context: CellContext,
  tolerated: Tolerated | undefined,
): AsyncGenerator<TableRecord> {
  const reader = new SheetReader(place, context, tolerated);
  for await (const _ of readXml(text, place, reader)) {
    yield* reader.takeRows();
    if (reader.isDone) return;
  }
  yield* reader.takeRows();
}

class SheetReader implements XmlListener {
  #rows: TableRecord[] = [];
  #line = 0;
  #fields: string[] = [];
  #characters = 0;
  #column = -1;
  #cell: Attributes = {};
  #value: string[] = [];
  /** Where text is that belongs to the cell: a value, or a text that is no hint at its pronunciation. */
  #isValue = false;
  #isPhonetic = false;
  #isFormula = false;
  isDone = false;

  constructor(
    private readonly place: string,
    private readonly context: CellContext,
    private readonly tolerated: Tolerated | undefined,
  ) {}

  takeRows(): TableRecord[] {
    return this.#rows.splice(0);
  }

  open(name: string, attributes: () => Attributes): void {
    if (name === 'row') this.#beginRow(attributes());
    else if (name === 'c') this.#beginCell(attributes());
    else if (name === 'f') this.#isFormula = true;
    else if (name === 'rPh') this.#isPhonetic = true;
    else if (name === 'v' || name === 't') this.#isValue = !this.#isPhonetic;
  }

  text(text: string): void {
    if (!this.#isValue) return;
    this.#characters += text.length;
    if (this.#characters > MAX_ROW_CHARACTERS)
      throw broken(this.place, `row ${this.#line} is too long`);
    this.#value.push(text);
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isValue = false;
    else if (name === 'rPh') this.#isPhonetic = false;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
    else if (name === 'sheetData') this.isDone = true;
  }

  #beginRow({ r }: Attributes): void {
    this.#line = r === undefined ? this.#line + 1 : Number(r);
    this.#fields = [];
    this.#characters = 0;
    this.#column = -1;
  }

  #beginCell(cell: Attributes): void {
    this.#column = columnOf(cell.r ?? '') ?? this.#column + 1;
    if (this.#column >= MAX_COLUMNS)
      throw broken(this.place, `row ${this.#line} has more than ${MAX_COLUMNS} columns`);
    this.#cell = cell;
    this.#value = [];
    this.#isFormula = false;
  }

  #endCell(): void {
    const { t: type, s: style } = this.#cell;
    const value = this.#value.length === 1 ? (this.#value[0] as string) : this.#value.join('');
    if (this.#isFormula && value === '' && type !== 'str') this.tolerated?.add('formula');
    const text = textOfCell({ type, style, value }, this.context);
    if (text === '') return;
    while (this.#fields.length < this.#column) this.#fields.push('');
    this.#fields[this.#column] = text;
  }

  #endRow(): void {
    this.#rows.push({ fields: this.#fields, line: this.#line });
  }
}

const CHUNK_BYTES = 8 * 1024 * 1024;
const MAX_CHUNKS = 64;
/** The length before each text takes so many bytes. */
const PREFIX_BYTES = 4;

/** Texts to which the cells of all sheets refer by number, kept as bytes: as strings they would take thrice the memory. */
export class SharedStrings {
  readonly #chunks: Buffer[] = [];
  /** In the last chunk. */
  #used = CHUNK_BYTES;
  #count = 0;
  /** Where each text is, as if the chunks were one. */
  #places = new Uint32Array(1024);

  get(index: number): string | undefined {
    if (!(index < this.#count)) return undefined;
    const place = this.#places[index] ?? 0;
    const start = (place % CHUNK_BYTES) + PREFIX_BYTES;
    const chunk = this.#chunks[Math.floor(place / CHUNK_BYTES)];
    return chunk?.toString('utf8', start, start + chunk.readUInt32LE(start - PREFIX_BYTES));
  }

  /** @throws {LsRecordError} `INPUT_INVALID` if they are too many to be held. */
  add(text: string, place: string): void {
    const length = Buffer.byteLength(text);
    if (this.#used + PREFIX_BYTES + length > CHUNK_BYTES) this.#grow(length, place);
    const chunk = this.#chunks.at(-1);
    chunk?.writeUInt32LE(length, this.#used);
    chunk?.write(text, this.#used + PREFIX_BYTES);
    if (this.#count === this.#places.length) {
      const places = new Uint32Array(2 * this.#count);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[this.#count++] = (this.#chunks.length - 1) * CHUNK_BYTES + this.#used;
    this.#used += PREFIX_BYTES + length;
  }

  #grow(length: number, place: string): void {
    if (length > CHUNK_BYTES / 2 || this.#chunks.length === MAX_CHUNKS) {
      const most = describeSize(MAX_CHUNKS * CHUNK_BYTES);
      throw new LsRecordError(
        'INPUT_INVALID',
        `${place} holds more text than ${most}, or one that is too long`,
        { hint: 'Save the sheet as CSV, which may be any size.' },
      );
    }
    this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    this.#used = 0;
  }
}

export async function readSharedStrings(
  text: AsyncIterable<string>,
  place: string,
): Promise<SharedStrings> {
  const strings = new SharedStrings();
  let current: string[] = [];
  let isText = false;
  let isPhonetic = false;
  const listener = {
    open(name: string) {
      if (name === 'si') current = [];
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    close(name: string) {
      if (name === 'si') strings.add(withoutEscapes(current.join('')), place);
      if (name === 'rPh') isPhonetic = false;
      if (name === 't') isText = false;
    },
    text(some: string) {
      if (isText) current.push(some);
    },
  };
  for await (const _ of readXml(text, place, listener));
  return strings;
}
