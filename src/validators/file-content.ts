import type { ValidationOptions } from 'class-validator'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { type AllowedTypes, contentMessage, endingsByType, nameAgrees } from './content-rule.js'
import { loadFileTypes, signatureOf } from './file-signature.js'
import { contentOf, nameOf } from './received-file.js'
import { Satisfies } from './satisfies.js'
import { textOf, textTypes } from './text-content.js'
import { type AsyncValidator, type Complaints, complaint, defineAsyncValidator } from './validator.js'

/** What files may hold. */
export interface FileContentOptions {
  /** The media types that will do, or each with the extensions that belong to it. */
  readonly allowed: AllowedTypes
}

const fileContentOptions: OptionNames<FileContentOptions> = { allowed: true }

/**
 * Makes a validator of what a file holds, told from its bytes: by the signature of its format, or for `text/plain`,
 * `text/csv`, `text/markdown`, `text/tab-separated-values` and `application/json` by reading it (UTF-8 without control
 * characters that does not begin like markup; JSON that parses). Types that browsers run cannot be allowed. A file can
 * have the signature of an image and be more besides: send files back with `X-Content-Type-Options: nosniff`.
 * @throws {UsageError} E_PEER_MISSING without the package file-type; E_VALIDATOR_OPTIONS when nothing is allowed.
 * Its first check fails with E_VALIDATOR_OPTIONS for a type that cannot be told from the bytes.
 */
export function validateFileContent(options: FileContentOptions): AsyncValidator {
  requireKnownBy(validateFileContent, options, fileContentOptions)
  const { allowed } = options
  const endings = endingsByType(allowed)
  const types = [...endings.keys()]
  const message = contentMessage('type', types)
  const loading = loadFileTypes(types)
  return defineAsyncValidator({
    rule: 'fileContent',
    message,
    schema: Object.freeze({ anyOf: types.map((contentMediaType) => ({ type: 'string', contentMediaType })) }),
    async complaints(value): Promise<Complaints> {
      const fileTypes = await loading
      const content = contentOf(value)
      if (!content) return complaint('fileContent', message, { reason: 'file', allowed: types })
      const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content
      const possible = possibleTypes(bytes, await signatureOf(bytes, fileTypes), types)
      const reason = possible.length === 0 ? 'type' : nameAgrees(nameOf(value), possible, endings) ? undefined : 'name'
      return reason === undefined
        ? []
        : complaint('fileContent', contentMessage(reason, types), { reason, allowed: types })
    },
  })
}

/** Refuses a property that is not a received file of these types (see `validateFileContent`). Checked asynchronously. */
export function FileContent(options: FileContentOptions, validationOptions?: ValidationOptions): PropertyDecorator {
  requireKnownBy(FileContent, options, fileContentOptions, { subject: '@FileContent' })
  return Satisfies(validateFileContent(options), validationOptions)
}

function possibleTypes(bytes: Uint8Array, signature: string | undefined, types: readonly string[]): readonly string[] {
  if (signature !== undefined) return types.filter((type) => type === signature)
  const text = textOf(bytes)
  return text === undefined ? [] : types.filter((type) => textTypes.get(type)?.(text))
}
