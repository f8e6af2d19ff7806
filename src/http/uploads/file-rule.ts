import { contentMessage, endingsByType, nameAgrees } from '../../validators/content-rule.js'
import { validateFileExtension } from '../../validators/file-extension.js'
import { type FileTypes, loadFileTypes } from '../../validators/file-signature.js'
import { maxBytesOf } from '../../validators/file-size.js'
import { textTypes } from '../../validators/text-content.js'
import { type Complaints, complaint } from '../../validators/validator.js'
import type { UploadRule } from './upload-options.js'

/** What files of one name must be, compiled. */
export interface FileRule {
  readonly field: string
  readonly most: number
  /** Whether several may come, so that the action is given a list. */
  readonly many: boolean
  readonly optional: boolean
  readonly minBytes: number
  readonly maxBytes: number
  /** The media types that will do; undefined where any will. */
  readonly types: readonly string[] | undefined
  /** Those of them that are told by reading the whole file. */
  readonly textTypes: readonly string[]
  readonly fileTypes: Promise<FileTypes>
  /** What is wrong with its name, before anything of it has arrived. */
  nameComplaints(name: string): Complaints
  /** What is wrong with what it holds, given the types that it may be. */
  contentComplaints(possible: readonly string[], name: string): Complaints
}

/** @throws {UsageError} E_VALIDATOR_OPTIONS or E_PEER_MISSING for a rule that cannot be kept. */
export function compileFileRule(field: string, rule: UploadRule): FileRule {
  const { types, extensions, most = 1, optional = false, allowEmpty = false } = rule
  const endings = types === 'any' ? undefined : endingsByType(types)
  const allowed = endings && [...endings.keys()]
  const extension = extensions && validateFileExtension({ allowed: extensions })
  return {
    field,
    most,
    many: rule.most !== undefined,
    optional,
    minBytes: allowEmpty ? 0 : 1,
    maxBytes: maxBytesOf(rule),
    types: allowed,
    textTypes: [...textTypes.keys()].filter((type) => allowed?.includes(type) ?? true),
    fileTypes: loadFileTypes(allowed ?? []),
    nameComplaints: (name) => extension?.complaints(name) ?? [],
    contentComplaints(possible, name) {
      if (!endings || !allowed) return []
      const suitable = possible.filter((type) => endings.has(type))
      const reason = suitable.length === 0 ? 'type' : nameAgrees(name, suitable, endings) ? undefined : 'name'
      return reason === undefined ? [] : complaint('fileContent', contentMessage(reason, allowed), { reason, allowed })
    },
  }
}
