import { createHash } from 'node:crypto'
import type { PendingFile } from '../../files/file-storage.js'
import { type FileTypes, signatureOf, signatureOfStream } from '../../validators/file-signature.js'
import { TextProbe } from '../../validators/text-content.js'
import type { FileRule } from './file-rule.js'
import { fileRefused, fileTooLarge } from './refusals.js'

/** How much of a file is looked at before any of it is stored. */
const headBytes = 65_536

/** What has signatures of its own further inside. */
const containers = new Set(['application/zip', 'application/x-cfb'])

/** Whether the signature of a file may stand behind its first bytes: sound has its title and cover first. */
const opensLate = (head: Buffer): boolean => head.subarray(0, 3).equals(Buffer.from('ID3'))

/**
 * Looks at a file while it passes: counts it, and tells what it holds by its first bytes, before any of them is passed
 * on. Text is read to its end. What the first bytes do not decide is decided when the file is there as a whole.
 */
export class Examination {
  readonly #rule: FileRule
  readonly #name: string
  readonly #hash = createHash('sha256')
  #size = 0
  #signature: string | undefined
  #undecided = false
  #text: TextProbe | undefined

  constructor(rule: FileRule, name: string) {
    this.#rule = rule
    this.#name = name
  }

  /** Passes a file on. @throws {AppException} that refuses it, as soon as that is certain. */
  async *passing(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let head: Buffer[] | undefined = []
    for await (const chunk of content) {
      this.#count(chunk)
      if (!head) {
        this.#read(chunk)
        yield chunk
        continue
      }
      head.push(chunk)
      if (this.#size < headBytes) continue
      await this.#decide(Buffer.concat(head), false)
      yield* head
      head = undefined
    }
    if (this.#size < this.#rule.minBytes) throw fileRefused(this.#rule.field, emptyComplaint(this.#rule))
    if (head) {
      await this.#decide(Buffer.concat(head), true)
      yield* head
    }
  }

  /** What it holds, now that it is there as a whole. @throws {AppException} that refuses it. */
  async conclude(pending: PendingFile): Promise<{ readonly type: string; readonly sha256: string }> {
    if (this.#undecided) this.#signature = await signatureOfStream(await pending.open(), await this.#rule.fileTypes)
    const possible = this.#signature === undefined ? (this.#text?.end() ?? []) : [this.#signature]
    this.#require(possible)
    const type = possible.find((one) => this.#rule.types?.includes(one) ?? true)
    return { type: type ?? 'application/octet-stream', sha256: this.#hash.digest('hex') }
  }

  #count(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#rule.maxBytes) throw fileTooLarge(this.#rule)
    this.#hash.update(chunk)
  }

  #read(chunk: Buffer): void {
    if (!this.#text || this.#text.push(chunk)) return
    // Where anything will do, it is merely no text.
    if (this.#rule.types) this.#require([])
    this.#text = undefined
  }

  async #decide(head: Buffer, whole: boolean): Promise<void> {
    const fileTypes: FileTypes = await this.#rule.fileTypes
    this.#signature = await signatureOf(head, fileTypes)
    if (this.#signature === undefined && this.#rule.textTypes.length > 0) {
      this.#text = new TextProbe(this.#rule.textTypes)
      if (this.#text.push(head)) return
      this.#text = undefined
    }
    const isOpen = this.#signature === undefined ? opensLate(head) : containers.has(this.#signature)
    this.#undecided = isOpen && !whole
    if (!this.#undecided && this.#signature !== undefined) this.#require([this.#signature])
    else if (!this.#undecided) this.#require([])
  }

  #require(possible: readonly string[]): void {
    const complaints = this.#rule.contentComplaints(possible, this.#name)
    if (complaints.length > 0) throw fileRefused(this.#rule.field, complaints)
  }
}

function emptyComplaint({ minBytes, maxBytes }: FileRule) {
  return [{ pointer: '#', code: 'fileSize', message: 'must not be empty', params: { minBytes, maxBytes } }]
}
