import { isDeepStrictEqual } from 'node:util'
import type { EntityDescription, RowData } from 'plinth'

/** What an entry records of a change, as JSON. */
export interface RecordedChange {
  /** Values of what changed; null where there was no row. */
  readonly before: RowData | null
  /** Values of what changed; null where there is no row any more. */
  readonly after: RowData | null
  /** What changed besides and is not told. */
  readonly omitted: readonly string[]
}

interface Recording {
  readonly only: readonly string[]
  readonly omit: ReadonlySet<string>
}

/** What changed from one state of a row to another; undefined where nothing did that is recorded. */
export function changeOf(
  before: RowData | null,
  after: RowData | null,
  { only, omit }: Recording,
): RecordedChange | undefined {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((name) => only.length === 0 || only.includes(name))
    .filter((name) => !before || !after || !isDeepStrictEqual(asJson(before[name]), asJson(after[name])))
  if (names.length === 0 && before && after) return undefined
  const told = names.filter((name) => !omit.has(name))
  return {
    before: before && valuesOf(before, told),
    after: after && valuesOf(after, told),
    omitted: names.filter((name) => omit.has(name)),
  }
}

/** Values as an entry has them, as the entity has them: instants are dates again, and bytes buffers. */
export function revived<E>(values: RowData, { properties }: EntityDescription): Readonly<Partial<E>> {
  const entries = Object.entries(values).map(([name, value]) => {
    const kind = properties.get(name)?.value.kind
    if (typeof value !== 'string') return [name, value]
    if (kind === 'timestamp') return [name, new Date(value)]
    return [name, kind === 'bytes' ? Buffer.from(value, 'base64') : value]
  })
  return Object.fromEntries(entries) as Partial<E>
}

function valuesOf(row: RowData, names: readonly string[]): RowData {
  return Object.fromEntries(names.map((name) => [name, asJson(row[name])]))
}

/** A value as it is recorded: bytes in base64, and numbers that JSON cannot say as text. */
function asJson(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value)
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value !== 'object') return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return (value.toJSON as () => unknown)()
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]))
}
