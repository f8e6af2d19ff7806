import type { Readable } from 'node:stream'

/** Where files are kept, each under a key that is written once. `LocalFileStorage` keeps them in a directory. */
export interface FileStorage {
  /**
   * Writes a file as it arrives, where nobody finds it until it is kept. Where the content fails, so does this, with the
   * same error, and nothing is left behind.
   * @throws {UsageError} E_FILE_KEY for what is no key (see `requireFileKey`), or for one that is in use.
   */
  put(key: string, content: AsyncIterable<Uint8Array>): Promise<PendingFile>
  /** A file that was kept; undefined where there is none. */
  get(key: string): Promise<StoredFile | undefined>
  /** Removes a file that was kept; does nothing where there is none. */
  delete(key: string): Promise<void>
}

/** A file that was written and is not found yet. */
export interface PendingFile {
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** Its content, also after it was kept; read it to the end, or destroy it. */
  open(): Promise<Readable>
  /** From now on it is found under its key. Does nothing the second time, and fails for a file that was discarded. */
  keep(): Promise<void>
  /** Removes it, unless it was kept. */
  discard(): Promise<void>
}

/** A file that was kept. */
export interface StoredFile {
  /** In bytes. */
  readonly size: number
  /** Its content; read it to the end, or destroy it. */
  open(): Promise<Readable>
}
