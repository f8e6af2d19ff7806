import type { AllowedTypes } from '../../validators/content-rule.js'
import type { UploadedFile } from './uploaded-file.js'

/** What files an action takes under one name. */
export interface UploadRule {
  /** The most megabytes of each, of 1,024 · 1,024 bytes. It is refused as soon as more have arrived. */
  readonly maxMegabytes: number
  /**
   * What they may hold, told from their bytes, as `validateFileContent` has it: media types, or each with the extensions
   * that belong to it; `'any'` for files that are only kept and given back.
   */
  readonly types: AllowedTypes | 'any'
  /** The extensions their names may have, as `validateFileExtension` has it; any unless told. */
  readonly extensions?: readonly string[]
  /** The most files of this name; with it they are a list. One unless told. */
  readonly most?: number
  /** Whether there may be none. */
  readonly optional?: boolean
  /** Whether a file without any bytes will do; it will not unless said. */
  readonly allowEmpty?: boolean
}

/** The files of an action, by the names of their parts. */
export type UploadRules = Readonly<Record<string, UploadRule>>

/** The files that rules let in: a list where there may be several, undefined where there may be none. */
export type FilesOf<U> = {
  readonly [K in keyof U]: U[K] extends { readonly most: number }
    ? readonly UploadedFile[]
    : U[K] extends { readonly optional: true }
      ? UploadedFile | undefined
      : UploadedFile
}
