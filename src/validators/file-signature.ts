import type { Readable } from 'node:stream'
import { UsageError } from '../errors/usage-error.js'
import { textTypes } from './text-content.js'

/** What knows the signatures of files. */
export type FileTypes = Pick<
  typeof import('file-type'),
  'fileTypeFromBuffer' | 'fileTypeFromStream' | 'supportedMimeTypes'
>

/**
 * Loads what knows the signatures of files: `file-type`, an optional package, because few applications take files.
 * @throws {UsageError} E_PEER_MISSING at once when it is not installed.
 * The promise is rejected with E_VALIDATOR_OPTIONS for a type that cannot be told from the bytes.
 */
export function loadFileTypes(types: readonly string[]): Promise<FileTypes> {
  requirePackage()
  const loading = import('file-type').then((fileTypes) => requireKnown(types, fileTypes))
  // Whoever checks the first file hears of it; until then nobody waits for this promise.
  loading.catch(() => {})
  return loading
}

/** The media type a file has by its signature; undefined where it has none that is known. */
export async function signatureOf(bytes: Uint8Array, { fileTypeFromBuffer }: FileTypes): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime
  } catch {
    // Bytes that begin like a type and then break its format.
    return undefined
  }
}

/** The same of a file that is read only as far as necessary. */
export async function signatureOfStream(
  content: Readable,
  { fileTypeFromStream }: FileTypes,
): Promise<string | undefined> {
  try {
    return (await fileTypeFromStream(content))?.mime
  } catch {
    return undefined
  } finally {
    content.destroy()
  }
}

function requirePackage(): void {
  try {
    import.meta.resolve('file-type')
  } catch (cause) {
    const message = 'Checking the content of files needs the package file-type. Install it: npm install file-type@21'
    throw new UsageError('E_PEER_MISSING', message, { cause })
  }
}

function requireKnown(types: readonly string[], fileTypes: FileTypes): FileTypes {
  const known: ReadonlySet<string> = fileTypes.supportedMimeTypes
  const unknown = types.filter((type) => !known.has(type) && !textTypes.has(type))
  if (unknown.length === 0) return fileTypes
  throw new UsageError(
    'E_VALIDATOR_OPTIONS',
    `These types cannot be told from the bytes of a file: ${unknown.join(', ')}. Types of text that can: ` +
      `${[...textTypes.keys()].join(', ')}.`,
  )
}
