import { v7 } from 'uuid'
import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import type { FileStorage } from '../../files/file-storage.js'
import { safeFileName } from '../../files/safe-file-name.js'
import { invalidBody, unknownMember } from '../../serializer/body-errors.js'
import { bodyTooLarge } from '../body/read-bytes.js'
import type { Exchange } from '../exchange.js'
import { Examination } from './examination.js'
import type { FileRule } from './file-rule.js'
import type { FormTexts } from './form-fields.js'
import { type MultipartLimits, type PartTaker, readMultipart } from './multipart.js'
import { fileRefused } from './refusals.js'
import { type UnitEnds, UploadedFile } from './uploaded-file.js'

/** What an action takes, and where files go. */
export interface Receiving {
  /** By the names of their parts. */
  readonly rules: ReadonlyMap<string, FileRule>
  /** What the action calls the files, by the names of their parts. */
  readonly declared: ReadonlyMap<string, string>
  /** The names of texts; undefined where it takes none. */
  readonly textNames: ReadonlySet<string>
  readonly limits: MultipartLimits
  readonly storage: FileStorage
  readonly unit: UnitEnds | undefined
}

/** What came with a request. */
export interface Received {
  readonly texts: FormTexts
  readonly files: Readonly<Record<string, UploadedFile | readonly UploadedFile[] | undefined>>
}

/**
 * Reads the form of a request. Every file goes into the storage as it arrives, where nobody finds it.
 * @param keep is given each file that is there, so that it is removed with the request.
 */
export async function receive(
  exchange: Exchange,
  receiving: Receiving,
  keep: (file: UploadedFile) => void,
): Promise<Received> {
  const taker = new FormTaker(receiving, keep)
  await readMultipart(exchange.request, receiving.limits, taker)
  return { texts: taker.texts, files: taker.files() }
}

class FormTaker implements PartTaker {
  readonly texts = new Map<string, string[]>()
  readonly #receiving: Receiving
  readonly #keep: (file: UploadedFile) => void
  readonly #files = new Map<string, UploadedFile[]>()
  readonly #counts = new Map<string, number>()

  constructor(receiving: Receiving, keep: (file: UploadedFile) => void) {
    this.#receiving = receiving
    this.#keep = keep
  }

  text(name: string | undefined, value: string, isCutOff: boolean): void {
    const { textNames, rules, limits } = this.#receiving
    if (name !== undefined && rules.has(name)) throw refused(name, 'file', 'must be sent as a file, with a file name')
    if (name === undefined || !textNames.has(name)) throw unknownPart(name)
    if (isCutOff) throw bodyTooLarge(limits.text)
    this.texts.set(name, [...(this.texts.get(name) ?? []), value])
  }

  async file(name: string | undefined, content: AsyncIterable<Buffer>, fileName = ''): Promise<void> {
    const rule = this.#receiving.rules.get(name ?? '')
    if (!rule) throw unknownPart(name)
    // A form of a browser sends an input in which no file was chosen as one without name and content.
    if (fileName === '') return takeNothing(rule.field, content)
    this.#count(rule)
    const safe = requireName(rule, fileName)
    const examination = new Examination(rule, safe)
    const pending = await this.#receiving.storage.put(v7(), examination.passing(content))
    try {
      const { type, sha256 } = await examination.conclude(pending)
      const { unit } = this.#receiving
      const file = new UploadedFile({ field: this.#declared(rule.field), name: safe, type, sha256, pending, unit })
      this.#keep(file)
      this.#files.set(rule.field, [...(this.#files.get(rule.field) ?? []), file])
    } catch (error) {
      await pending.discard()
      throw error
    }
  }

  /** The files as the action calls them. @throws {ValidationError} with every name of which one is missing. */
  files(): Received['files'] {
    const rules = [...this.#receiving.rules.values()]
    const missing = rules.filter(({ field, optional }) => !optional && !this.#files.has(field))
    if (missing.length > 0) {
      throw invalidBody(
        missing.map(({ field }) => ({ pointer: pointerTo(field), code: 'required', message: 'is required' })),
      )
    }
    return Object.fromEntries(
      rules.map(({ field, many }) => {
        const found = this.#files.get(field) ?? []
        return [this.#declared(field), many ? Object.freeze(found) : found[0]]
      }),
    )
  }

  #declared(field: string): string {
    return this.#receiving.declared.get(field) ?? field
  }

  #count({ field, most }: FileRule): void {
    const count = (this.#counts.get(field) ?? 0) + 1
    this.#counts.set(field, count)
    if (count > most)
      throw refused(field, 'fileCount', `must be at most ${most} ${most === 1 ? 'file' : 'files'}`, { most })
  }
}

const longestName = 1024

function requireName(rule: FileRule, sent: string): string {
  if (Buffer.byteLength(sent) > longestName) {
    throw refused(rule.field, 'fileName', `must have a name of at most ${longestName} bytes`)
  }
  const safe = safeFileName(sent)
  const complaints = rule.nameComplaints(safe)
  if (complaints.length > 0) throw fileRefused(rule.field, complaints)
  return safe
}

async function takeNothing(field: string, content: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of content) {
    if (chunk.length > 0) throw refused(field, 'fileName', 'must have a file name')
  }
}

function refused(field: string, code: string, message: string, params?: FieldError['params']): Error {
  return invalidBody([{ pointer: pointerTo(field), code, message, ...(params && { params }) }])
}

function unknownPart(name = ''): Error {
  return invalidBody([unknownMember(name.slice(0, 64))])
}
