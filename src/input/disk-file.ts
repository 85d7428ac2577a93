import { type FileHandle, open } from 'node:fs/promises';
import { LsRecordError } from '../errors.js';

/** Each read wakes another thread, so few and large ones are several times faster. */
const READ_BYTES = 128 * 1024;
/** Its text is just small enough for the engine's young space: larger chunks take twice the time. */
const CHUNK_BYTES = 64 * 1024;
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

/** How many bytes of files may be kept in memory, all files together. */
export interface HeadRoom {
  bytes: number;
}

export interface FileReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly isLast?: boolean | undefined;
}

/** A file on disk that is read several times, of which the beginning is read from the disk only once. */
export class DiskFile {
  /** The beginning, as far as it was read and there is room. */
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  /** Size and time of the last change, when it was first opened. */
  #version: string | undefined;

  /** @param name in messages. */
  constructor(
    private readonly path: string,
    private readonly name: string,
    private readonly room: HeadRoom,
  ) {}

  /**
   * @param options.isLast nothing of it is kept for another reading.
   * @throws {LsRecordError} `INPUT_CHANGED` if the file is not what it was when it was first opened.
   */
  async *read({ signal, isLast = false }: FileReadOptions = {}): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (const piece of this.#head) {
      yield piece;
      at += piece.length;
    }
    const file = await open(this.path);
    try {
      await this.#check(file);
      for (;;) {
        signal?.throwIfAborted();
        const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
        if (bytesRead === 0) break;
        for (let from = 0; from < bytesRead; from += CHUNK_BYTES) {
          const chunk = buffer.subarray(from, Math.min(from + CHUNK_BYTES, bytesRead));
          if (!isLast) this.#keep(chunk, at);
          at += chunk.length;
          yield chunk;
        }
      }
      await this.#check(file);
    } finally {
      await file.close();
    }
  }

  #keep(chunk: Uint8Array, at: number): void {
    const { bytes } = this.room;
    if (at !== this.#headBytes || bytes < chunk.length || at >= MAX_HEAD_BYTES) return;
    this.room.bytes -= chunk.length;
    this.#headBytes += chunk.length;
    this.#head.push(chunk);
  }

  async #check(file: FileHandle): Promise<void> {
    const { size, mtimeMs } = await file.stat();
    const version = `${size} ${mtimeMs}`;
    this.#version ??= version;
    if (version === this.#version) return;
    throw new LsRecordError('INPUT_CHANGED', `${this.name} changed while being read`, {
      hint: 'Wait until it is complete, then run the same command again.',
    });
  }
}
