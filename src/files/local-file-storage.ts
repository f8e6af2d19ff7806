import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { keyInUse, requireFileKey } from './file-key.js'
import type { FileStorage, PendingFile, StoredFile } from './file-storage.js'
import { LocalPendingFile } from './local-pending-file.js'

/** Where a `LocalFileStorage` keeps its files. */
export interface LocalFileStorageOptions {
  /** Where the files are; it is created where there is none. Nothing else may write there. */
  readonly directory: string
}

/** Which files that were left behind `recover` looks at, and which of them it keeps. */
export interface RecoverOptions {
  /** Only files that were written before this instant, so that no request is still about to keep them. */
  readonly before: Date
  /** Whether a row that was committed refers to a key. */
  readonly isReferenced: (key: string) => boolean | Promise<boolean>
}

const storageOptions: OptionNames<LocalFileStorageOptions> = { directory: true }
const recoverOptions: OptionNames<RecoverOptions> = { before: true, isReferenced: true }

/** What became of files that a process left behind. */
export interface RecoverReport {
  readonly kept: readonly string[]
  readonly discarded: readonly string[]
}

/**
 * Keeps files in a directory of this machine, in 256 directories by their keys. A file is written under `pending`, reaches
 * the disk, and is renamed when it is kept, so that nobody ever finds the half of one. What a process that was killed
 * leaves there is found by `recover`.
 */
export class LocalFileStorage implements FileStorage {
  readonly #directory: string

  constructor(options: LocalFileStorageOptions) {
    requireKnownBy(LocalFileStorage, options, storageOptions)
    this.#directory = options.directory
  }

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<PendingFile> {
    requireFileKey(key)
    const path = this.#pendingPath(key)
    const handle = await this.#create(key, path)
    try {
      // In this order: whoever kept the key before has renamed its file before this one could be created.
      if ((await sizeIfThere(this.#path(key))) !== undefined) throw keyInUse()
      const size = await writeAll(handle, content)
      await handle.sync()
      await handle.close()
      return new LocalPendingFile({ key, size, pending: path, kept: this.#path(key) })
    } catch (error) {
      await handle.close().catch(() => {})
      await rm(path, { force: true })
      throw error
    }
  }

  async get(key: string): Promise<StoredFile | undefined> {
    requireFileKey(key)
    const path = this.#path(key)
    const size = await sizeIfThere(path)
    if (size === undefined) return undefined
    return { size, open: async () => (await open(path, 'r')).createReadStream() }
  }

  async delete(key: string): Promise<void> {
    requireFileKey(key)
    await rm(this.#path(key), { force: true })
  }

  /**
   * Keeps what rows refer to, and removes the rest, of the files that were written and neither kept nor discarded:
   * a process was killed between its commit and its rename, or before both. Run it now and then.
   */
  async recover(options: RecoverOptions): Promise<RecoverReport> {
    // oxlint-disable-next-line typescript/unbound-method -- it is looked for on the stack, not called
    requireKnownBy(this.recover, options, recoverOptions, { subject: 'LocalFileStorage.recover' })
    const { before, isReferenced } = options
    const report = { kept: [] as string[], discarded: [] as string[] }
    for (const key of await namesIn(join(this.#directory, 'pending'))) {
      const path = this.#pendingPath(key)
      // Requests that run now keep and discard theirs meanwhile.
      const found = await ifThere(() => stat(path))
      if (!found || found.mtime >= before) continue
      if (await isReferenced(key)) {
        await mkdir(dirname(this.#path(key)), { recursive: true })
        const isKept = await ifThere(() => rename(path, this.#path(key)).then(() => true))
        if (isKept) report.kept.push(key)
      } else {
        await rm(path, { force: true })
        report.discarded.push(key)
      }
    }
    return report
  }

  async #create(key: string, path: string): Promise<FileHandle> {
    try {
      return await createNew(path)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw keyInUse()
      if (codeOf(error) !== 'ENOENT') throw error
      await mkdir(join(this.#directory, 'pending'), { recursive: true })
      return this.#create(key, path)
    }
  }

  #pendingPath(key: string): string {
    return join(this.#directory, 'pending', key)
  }

  #path(key: string): string {
    return join(this.#directory, createHash('sha256').update(key).digest('hex').slice(0, 2), key)
  }
}

const createNew = (path: string): Promise<FileHandle> => open(path, 'wx', 0o600)

async function writeAll(handle: FileHandle, content: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of content) {
    for (let written = 0; written < chunk.byteLength; ) {
      written += (await handle.write(chunk, written)).bytesWritten
    }
    size += chunk.byteLength
  }
  return size
}

async function sizeIfThere(path: string): Promise<number | undefined> {
  return (await ifThere(() => stat(path)))?.size
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await ifThere(() => readdir(directory))) ?? []
}

/** Does something to a file or directory; undefined where there is none. */
async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code
}
