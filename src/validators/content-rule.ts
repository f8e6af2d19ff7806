import { UsageError } from '../errors/usage-error.js'
import { asciiLowerCase, endingsOf } from './file-extension.js'

/**
 * The media types that will do, as in `['image/png', 'image/jpeg']`; or each with the extensions that belong to it,
 * `{ 'image/jpeg': ['.jpg', '.jpeg'] }`, and then a file with a name must have the extension of what it holds.
 */
export type AllowedTypes = readonly string[] | Readonly<Record<string, readonly string[]>>

/** The extensions that belong to each type; none where any will do. */
export type EndingsByType = ReadonlyMap<string, readonly string[]>

/**
 * The types that are allowed.
 * @throws {UsageError} E_VALIDATOR_OPTIONS where there are none, or one that can carry scripts.
 */
export function endingsByType(allowed: AllowedTypes): EndingsByType {
  const isList = Array.isArray(allowed)
  const pairs = isList ? allowed.map((type: string) => [type, []] as const) : Object.entries(allowed)
  if (pairs.length === 0) {
    throw new UsageError(
      'E_VALIDATOR_OPTIONS',
      "Give the media types that are allowed, as in ['image/png', 'image/jpeg'].",
    )
  }
  const active = pairs.find(([type]) => /(?:[/+]xml|html|(?:java|ecma)script)$/i.test(type))
  if (active) {
    throw new UsageError(
      'E_VALIDATOR_OPTIONS',
      `"${active[0]}" can carry scripts, and no look at the bytes can say that it does not. Convert or clean such files.`,
    )
  }
  return new Map(pairs.map(([type, endings]) => [type.toLowerCase(), isList ? [] : endingsOf(endings)]))
}

/** Whether a name has the extension of what the file holds, where anything is said of that. */
export function nameAgrees(name: string | undefined, possible: readonly string[], endings: EndingsByType): boolean {
  const expected = possible.flatMap((type) => endings.get(type) ?? [])
  return name === undefined || expected.length === 0 || expected.some((ending) => asciiLowerCase(name).endsWith(ending))
}

/** What a complaint about the content of a file says. */
export function contentMessage(reason: 'type' | 'name' | 'file', types: Iterable<string>): string {
  if (reason === 'name') return 'must have a name with the extension of what it holds'
  return `must be a file that holds ${[...types].join(' or ')}`
}
