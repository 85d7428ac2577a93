const LARGEST_BLOCK = 128 * 1024;

/**
 * A Zstandard frame of blocks that are not compressed: not every Node can make another.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878, section 3.1
 */
export function zstdOf(bytes: Uint8Array): Uint8Array {
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  // One segment, its size in four bytes.
  const header = Buffer.from([0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 1);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += LARGEST_BLOCK) {
    const block = bytes.subarray(at, at + LARGEST_BLOCK);
    const isLast = at + LARGEST_BLOCK >= bytes.length;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | Number(isLast), 0, 3);
    blocks.push(blockHeader, block);
  }
  return Buffer.concat([magic, header, ...blocks]);
}
