/**
 * A file that was received, in the forms it comes in: its bytes, a `Blob` or `File` of the web, or what upload
 * middlewares make of it (`{ buffer, originalname }`). An `UploadedFile` of an action is one as far as its size and name
 * go. An object that merely says how large it is, or where it lies,
 * is not one: anybody can send that as JSON.
 */
export type ReceivedFile = Uint8Array | Blob | { readonly buffer: Uint8Array; readonly originalname?: string }

/** Names the number of bytes that were counted when a file arrived, of objects that no JSON can be. */
export const countedBytes: unique symbol = Symbol('counted bytes')

/** The bytes of a file, as far as they are at hand; undefined for what is no file. */
export function contentOf(value: unknown): Uint8Array | Blob | undefined {
  if (value instanceof Uint8Array || value instanceof Blob) return value
  const buffer = propertyOf(value, 'buffer')
  return buffer instanceof Uint8Array ? buffer : undefined
}

/** The number of bytes a file really has, whatever was declared; undefined for what is no file. */
export function sizeOf(value: unknown): number | undefined {
  const counted = countedIn(value)
  if (counted !== undefined) return counted
  const content = contentOf(value)
  return content instanceof Blob ? content.size : content?.byteLength
}

/** The name the client gave a file: a text is taken as the name itself. Undefined where there is none. */
export function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'string' ? value : (propertyOf(value, 'originalname') ?? propertyOf(value, 'name'))
  return typeof name === 'string' ? name : undefined
}

function countedIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !(countedBytes in value)) return undefined
  const counted = value[countedBytes]
  return typeof counted === 'number' ? counted : undefined
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
