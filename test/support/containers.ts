import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, and what is wrong with it. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** 0 stored, 8 deflate (default), 93 Zstandard; of any other the content is taken as it is. */
  readonly method?: number;
  /** Of the general purpose bit flag, next to the one for names in UTF-8. */
  readonly flags?: number;
  readonly crc?: number;
}

/** Writes a zip archive. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3 */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method = 8, flags = 0, crc } of entries) {
    const bytes = Buffer.from(content as Uint8Array);
    const packed = method === 8 ? deflateRawSync(bytes) : method === 93 ? zstdOf(bytes) : bytes;
    const nameBytes = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x800 | flags, 2);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc ?? crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([numbers(0x04034b50), facts, nameBytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([numbers(0x02014b50), Buffer.alloc(2), facts, rest, nameBytes]));
    files.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, ...directory, numbers(0x06054b50), end]);
}

/** Zstandard of blocks that are not compressed. @see https://www.rfc-editor.org/rfc/rfc8878, section 3.1.1 */
export function zstdOf(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 65_536) {
    const block = bytes.subarray(at, at + 65_536);
    const isLast = at + 65_536 >= bytes.length;
    blocks.push(blockHeader(block.length, 0, isLast), Buffer.from(block));
  }
  return Buffer.concat([numbers(0xfd2fb528), Buffer.from([0, 0x58]), ...blocks]);
}

/** Spaces, 128 KB in each block of four bytes. */
export function zstdBomb(blocks: number): Buffer {
  const block = Buffer.concat([blockHeader(128 * 1024, 1, false), Buffer.from(' ')]);
  return Buffer.concat([
    numbers(0xfd2fb528),
    Buffer.from([0, 0x58]),
    Buffer.alloc(blocks * block.length, block),
    blockHeader(0, 0, true),
  ]);
}

function blockHeader(size: number, type: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | Number(isLast), 0, 3);
  return header;
}

function numbers(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
