import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { AppException } from '../../errors/app-exception.js'
import { UsageError } from '../../errors/usage-error.js'
import type { PendingFile } from '../../files/file-storage.js'
import { countedBytes } from '../../validators/received-file.js'

/** What a unit of work tells of its end; a data source is one. */
export interface UnitEnds {
  readonly isInUnit: boolean
  afterCommit(hook: () => void | Promise<void>): void
}

/** What is known of a file that has arrived. */
export interface ReceivedParts {
  readonly field: string
  readonly name: string
  readonly type: string
  readonly sha256: string
  readonly pending: PendingFile
  readonly unit: UnitEnds | undefined
}

/** A file that came with a request: whole, checked, and gone with the request unless it is stored. */
export class UploadedFile {
  /** The name of its part. */
  readonly field: string
  /** What the client calls it, made safe to be shown: not where it is stored, and not unique. */
  readonly name: string
  /** Its media type by its bytes; `application/octet-stream` where they do not tell. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** The SHA-256 of its bytes, in hexadecimal digits. */
  readonly sha256: string
  /** Under which the storage of the application has it, once it is stored. */
  readonly key: string
  readonly #pending: PendingFile
  readonly #unit: UnitEnds | undefined
  /** Whether the unit that runs, or the last that ended, was to keep it. */
  #wanted = false
  #kept = false
  #ended = false

  constructor({ field, name, type, sha256, pending, unit }: ReceivedParts) {
    this.field = field
    this.name = name
    this.type = type
    this.sha256 = sha256
    this.size = pending.size
    this.key = pending.key
    this.#pending = pending
    this.#unit = unit
  }

  /** What `validateFileSize` looks at. */
  get [countedBytes](): number {
    return this.size
  }

  /** Its content; read it to the end, or destroy it. */
  stream(): Promise<Readable> {
    return this.#pending.open()
  }

  /** Its content, as a whole. */
  async bytes(): Promise<Buffer> {
    return buffer(await this.stream())
  }

  /**
   * Keeps it: once the unit of work is committed, or at once outside of units. Where the unit is undone it is not kept.
   * @returns its key.
   * @throws {UsageError} E_UPLOAD_STORED when its request has ended.
   */
  async store(): Promise<string> {
    if (this.#ended) {
      throw new UsageError('E_UPLOAD_STORED', 'The file is gone: store it while its request is being answered.')
    }
    if (this.#unit?.isInUnit) {
      this.#wanted = true
      this.#unit.afterCommit(() => this.#keep())
    } else await this.#keep()
    return this.key
  }

  /**
   * Removes it unless it was kept. Where it is not known whether a unit that wanted it was committed, it is left for
   * whoever looks after the storage.
   */
  async end(failure?: unknown): Promise<void> {
    this.#ended = true
    if (this.#kept || (this.#wanted && isUncertain(failure))) return
    await this.#pending.discard()
  }

  async #keep(): Promise<void> {
    // From here on a row may refer to it: whatever goes wrong, it is not to be removed.
    this.#kept = true
    await this.#pending.keep()
  }
}

function isUncertain(failure: unknown): boolean {
  return failure instanceof AppException && failure.errorCode === 'OUTCOME_UNKNOWN'
}
