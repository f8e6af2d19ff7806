import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import type { PendingFile } from './file-storage.js'

interface Parts {
  readonly key: string
  readonly size: number
  /** Where it is. */
  readonly pending: string
  /** Where it is once it is kept. */
  readonly kept: string
}

/** A file in the directory of those that are not found yet. */
export class LocalPendingFile implements PendingFile {
  readonly key: string
  readonly size: number
  readonly #parts: Parts
  #keeping: Promise<void> | undefined

  constructor(parts: Parts) {
    this.key = parts.key
    this.size = parts.size
    this.#parts = parts
  }

  async open(): Promise<Readable> {
    await this.#keeping
    const { pending, kept } = this.#parts
    const handle = await open(this.#keeping ? kept : pending, 'r')
    return handle.createReadStream()
  }

  keep(): Promise<void> {
    this.#keeping ??= this.#rename().catch((error: unknown) => {
      this.#keeping = undefined
      throw error
    })
    return this.#keeping
  }

  async discard(): Promise<void> {
    if (this.#keeping) await this.#keeping
    else await rm(this.#parts.pending, { force: true })
  }

  async #rename(): Promise<void> {
    const { pending, kept } = this.#parts
    await mkdir(dirname(kept), { recursive: true })
    await rename(pending, kept)
  }
}
